// Of an origin's answer, what is kept, and of what is kept, what becomes of it when the origin says that it is still good.
import type { Deadline, Raw } from '../../../adapters/adapter.ts';
import type { Forwarded } from '../../forward/forward.ts';
import { namesCaller } from '../asker.ts';
import type { Entry } from '../entry.ts';
import { bodyOf, ownCopy, unframed } from '../kept.ts';
import { isSameTag } from './asking.ts';
import { fieldsOf } from './fields.ts';
import { freshnessOf, type Freshness } from './freshness.ts';
import type { HttpCachePolicy } from './policy.ts';
import type { Question } from './question.ts';

export interface Came {
  readonly forwarded: Forwarded;
  /** Milliseconds since 1970: when it was asked for. */
  readonly asked: number;
  readonly deadline: Deadline;
}

export interface Keeping {
  /** `unkept`: none to keep, nor is what others would get; null: it says nothing of that. */
  readonly kept: (question: Question, came: Came) => Promise<Entry | 'unkept' | null>;
  /** What is kept, by what a 304 says of it (RFC 9111 §4.3.4); null: that was about another answer. */
  readonly stillGood: (question: Question, kept: Entry, came: Came) => Entry | null;
}

/** Milliseconds for which an answer past its time is kept to be asked about. */
export const askedAbout = 24 * 3600 * 1000;
/** Share of its time that an answer may lose by chance, so that those that came together do not end together. */
const jitter = 0.1;

export const keeping = ({ now, chance }: { now: () => number; chance: () => number }): Keeping => {
  const timesOf = (policy: HttpCachePolicy, fresh: Freshness, at: number) => {
    const { left, age, isStrict, whileRevalidate, ifError, etag, modified, vary } = fresh;
    const freshUntil = at + left * (1 - jitter * chance());
    const after = (origin: number | null, file: number): number => (isStrict ? 0 : (origin ?? file));
    return {
      storedAt: at,
      freshUntil,
      staleUntil: freshUntil + after(whileRevalidate, policy.staleWhileRevalidate),
      errorUntil: freshUntil + after(ifError, policy.staleIfError),
      http: {
        age,
        etag,
        modified,
        vary,
        until: etag === null && modified === null ? freshUntil : freshUntil + askedAbout,
      },
    };
  };

  return {
    async kept({ policy, side, arrival, tags }, { forwarded: { reply, attempts }, asked, deadline }) {
      const attempt = attempts.at(-1);
      if (reply === null || attempt === undefined || reply.verdict.blame === 'destination') return null;
      // That a client's own copy is good says nothing of what others would get.
      if (reply.head.status === 304) return null;
      if ((!policy.shared && attempt.side !== side) || namesCaller(reply.head.raw, policy)) return 'unkept';
      const at = now();
      const fresh = freshnessOf({ request: arrival.head, reply: reply.head, asked, now: at, ttl: policy.ttl });
      if (fresh === null || (fresh.left === 0 && fresh.etag === null && fresh.modified === null)) return 'unkept';
      const body = await bodyOf(reply, policy.maxBytes, deadline);
      if (body === null) return 'unkept';
      return {
        status: reply.head.status,
        reason: reply.head.reason,
        raw: dated(unframed(reply.head.raw).filter(notAge), at),
        body: ownCopy(body),
        keepable: { fault: null, relatesTo: null },
        by: attempt.side,
        destination: attempt.destination,
        of: policy.target,
        tags,
        ...timesOf(policy, fresh, at),
      };
    },

    stillGood({ policy, arrival }, kept, { forwarded: { reply, attempts }, asked }) {
      if (reply === null || attempts.at(-1)?.side !== kept.by || !isAbout(fieldsOf(reply.head.raw), kept)) return null;
      const at = now();
      const raw = updated(kept.raw, dated(unframed(reply.head.raw), at));
      const head = { status: kept.status, reason: kept.reason, raw };
      const fresh = freshnessOf({ request: arrival.head, reply: head, asked, now: at, ttl: policy.ttl });
      return fresh === null ? null : { ...kept, raw: raw.filter(notAge), ...timesOf(policy, fresh, at) };
    },
  };
};

/** By what both say of it (§4.3.4); one that says nothing is about what was asked for. */
export const isAbout = (fields: Readonly<Record<string, string>>, { http }: Entry): boolean => {
  const { etag, 'last-modified': modified } = fields;
  if (etag !== undefined) return http?.etag != null && isSameTag(etag, http.etag);
  return modified === undefined || http?.modified == null || modified === http.modified;
};

const nameAt = (raw: Raw, at: number): string => raw[at - (at % 2)]!.toLowerCase();

const notAge = (_: string, at: number, raw: Raw): boolean => nameAt(raw, at) !== 'age';

/** RFC 9110 §6.6.1: who keeps an answer without a date says when it came. */
const dated = (raw: Raw, at: number): Raw =>
  raw.some((_, index) => index % 2 === 0 && nameAt(raw, index) === 'date')
    ? raw
    : [...raw, 'Date', new Date(at).toUTCString()];

/** Lines of the same name are replaced, but for what the body is (§3.2). */
const updated = (raw: Raw, by: Raw): Raw => {
  const lines = by.filter((_, at) => !/^content-(?:encoding|type|range)$/.test(nameAt(by, at)));
  const names = new Set(lines.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()));
  return [...raw.filter((_, at) => !names.has(nameAt(raw, at))), ...lines];
};
