// A kept answer as one call is to get it, and whether it may.
import type { Adapters, Raw } from '../../../adapters/adapter.ts';
import type { Forwarded } from '../../forward/forward.ts';
import type { Entry } from '../entry.ts';
import { isExacting, isStillGood, type Asking } from './asking.ts';

const nothing = Buffer.alloc(0);

/** As fresh as the client wants it; it may not ask for something staler than the origin allows. `at`: milliseconds since 1970. */
export const mayBeGiven = (asking: Asking, { http, storedAt, freshUntil, staleUntil }: Entry, at: number): boolean => {
  const { afresh, maxAge, minFresh } = asking;
  // Not at that very moment: what is good for no time is to be asked about each time.
  if (afresh || at >= (isExacting(asking) ? freshUntil : Math.max(freshUntil, staleUntil))) return false;
  if (minFresh !== null && at + minFresh * 1000 > freshUntil) return false;
  return maxAge === null || (http?.age ?? 0) + (at - storedAt) / 1000 <= maxAge;
};

/** With its age (RFC 9111 §5.1), or as a 304 where the client's own copy is the same. */
export const givenTo =
  ({ replyOf }: Pick<Adapters, 'replyOf'>, now: () => number) =>
  (asking: Asking, entry: Entry): Forwarded => {
    const age = Math.max(0, Math.floor((entry.http?.age ?? 0) + (now() - entry.storedAt) / 1000));
    const raw = [...entry.raw, 'Age', String(age)];
    const isCopyGood =
      asking.isConditional && entry.status === 200 && entry.http !== undefined && isStillGood(asking, entry.http);
    const answer = { error: null, attempts: [], fallback: null };
    if (isCopyGood)
      return { ...answer, reply: replyOf({ status: 304, reason: 'Not Modified', raw: withoutContent(raw) }, nothing) };
    const length = entry.status === 204 ? [] : ['Content-Length', String(entry.body.length)];
    return { ...answer, reply: replyOf({ ...entry, raw: [...raw, ...length] }, entry.body) };
  };

/** RFC 9110 §15.4.5. */
const withoutContent = (raw: Raw): Raw => raw.filter((_, at) => !/^content-(?!location)/i.test(raw[at - (at % 2)]!));
