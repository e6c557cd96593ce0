// Our parser of replies against Node's: what is accepted, what it is read as, and where it ends.
import { isDeepStrictEqual } from 'node:util';
import type { Fuzzer, Judgement } from '../fuzzer.ts';
import { closes, laxer, otherConnection, stricter, tabbed } from './reply-differences.ts';
import { nodeReplies } from './node-replies.ts';
import { ourReplies } from './our-replies.ts';
import { replyCase, type ReplyCase } from './reply-case.ts';
import type { ReadReplies, ReadReply } from './reading.ts';

export const replyFuzzer: Fuzzer<ReplyCase> = {
  name: 'replies',
  generate: replyCase,
  judge: (given) => Promise.resolve(judge(given)),
};

const judge = (given: ReplyCase): Judgement => {
  const [ours, node] = [ourReplies(given), nodeReplies(given)];
  const unsplit = ourReplies({ ...given, cuts: [] });
  if (!isDeepStrictEqual(unsplit, ours)) return wrong('pieces', { unsplit, ours });
  const apart = firstApart(ours, node);
  if (apart === 'staysOpen' && (tabbed.test(given.bytes) || ours.replies.some(isOtherwiseClosed)))
    return { kind: 'staysOpen', wrong: null };
  if (apart !== null) return wrong(`read otherwise: ${apart}`, { ours, node });
  const kind = `ours ${ours.error ?? end(ours)}; node ${node.error ?? end(node)}`.replaceAll(/header \S+/g, 'header');
  const refuser = only(ours, node);
  if (refuser === null) return { kind, wrong: null };
  const { who, error, known } = refuser;
  if (known.some((each) => each.error === error && each.of.test(given.bytes))) return { kind, wrong: null };
  return wrong(`only ${who}: ${error}`, { ours, node });
};

/** Who alone refuses; null: both or none do. */
const only = (ours: ReadReplies, node: ReadReplies) => {
  if (ours.error !== null && node.error === null) return { who: 'ours', error: ours.error, known: stricter };
  if (ours.error !== null || node.error === null || !goesOn(ours, node)) return null;
  return { who: 'node', error: node.error, known: laxer };
};

const isOtherwiseClosed = ({ raw, staysOpen }: ReadReply): boolean =>
  raw.some((text) => otherConnection.test(text)) || (!staysOpen && raw.some((text) => closes.test(text)));

const wrong = (kind: string, told: object): Judgement => ({ kind, wrong: `${kind}\n${JSON.stringify(told, null, 1)}` });

const end = ({ replies, interim }: ReadReplies): string => {
  const last = replies.at(-1);
  if (last === undefined) return `waits after ${Math.min(interim.length, 1)} interim`;
  return `${Math.min(replies.length, 2)}, ${last.isWhole ? 'whole' : 'waits'}, ${last.staysOpen ? 'open' : 'ends'}`;
};

/** Has ours accepted what Node refuses? While a head is not whole, ours has yet to look at it. */
const goesOn = (ours: ReadReplies, node: ReadReplies): boolean => {
  if (ours.replies.length > node.replies.length || ours.interim.length > node.interim.length) return true;
  const [last, theirs] = [ours.replies.at(-1), node.replies.at(-1)];
  return last !== undefined && theirs !== undefined && last.isWhole && !theirs.isWhole;
};

/** What the two read differently, as far as both have read; null: nothing. */
const firstApart = (ours: ReadReplies, node: ReadReplies): string | null => {
  const both = Math.min(ours.replies.length, node.replies.length);
  for (let at = 0; at < both; at++) {
    const apart = replyApart(ours.replies[at]!, node.replies[at]!, ours.error === null && node.error === null);
    if (apart !== null) return apart;
  }
  if (ours.error !== null || node.error !== null) return null;
  if (ours.replies.length !== node.replies.length) return 'number of replies';
  return isDeepStrictEqual(ours.interim, node.interim) ? null : 'interim replies';
};

const replyApart = (ours: ReadReply, node: ReadReply, toTheEnd: boolean): string | null => {
  for (const key of ['status', 'reason', 'raw', 'interim', 'staysOpen'] as const) {
    if (!isDeepStrictEqual(ours[key], node[key])) return key;
  }
  if (ours.isWhole && node.isWhole && !isDeepStrictEqual(ours.trailers, node.trailers)) return 'trailers';
  const isBegun = ours.body.startsWith(node.body) || node.body.startsWith(ours.body);
  if (!isBegun || (ours.isWhole && node.isWhole && ours.body !== node.body)) return 'body';
  return toTheEnd && (ours.isWhole !== node.isWhole || ours.body !== node.body) ? 'end' : null;
};
