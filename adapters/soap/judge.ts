// A reply to an operation is looked at before anybody commits to it: a 200 may be a fault, or a page; a 500 may be an answer.
import type { ReplyHead, Verdict } from '../adapter.ts';
import { CallDeadline } from '../wire/deadline.ts';
import { headerOf } from '../wire/headers.ts';
import type { StreamBody } from '../wire/stream-body.ts';
import { inflatedPrefix } from './inflated-prefix.ts';
import type { ExpandedName } from './names.ts';
import { isPage, verdictOf } from './verdict.ts';

/** How far into a reply a fault is looked for. */
const judgedPrefix = 16 * 1024;

const noEnvelope: Verdict = { blame: 'destination', reason: 'contract' };

/** `declared`: see `verdictOf`. `mayBeEmpty`: the operation is one-way, or not known; else a good reply has an envelope. */
export const judge =
  (declared: ReadonlyMap<ExpandedName, string>, mayBeEmpty: boolean) =>
  async ({ status, raw }: ReplyHead, body: StreamBody): Promise<Verdict> => {
    const first = (await body.prefix(judgedPrefix, patience)).subarray(0, judgedPrefix);
    const coding = headerOf(raw, 'content-encoding');
    const read = coding === null ? first : await inflatedPrefix(first, coding, judgedPrefix);
    const type = headerOf(raw, 'content-type');
    const verdict = verdictOf(status, type, read ?? nothing, declared);
    if (mayBeEmpty || read === null || verdict.blame !== 'nobody' || verdict.fault !== undefined) return verdict;
    return isPage(status, type, read) ? noEnvelope : verdict;
  };

const nothing = Buffer.alloc(0);

/** The connection's own clock bounds this wait. */
const patience = new CallDeadline();
