// Of an answer, what is kept; or nothing. Whatever was made for one caller, or is no whole answer by the contract, is not.
import type { Deadline, Raw, Reply } from '../../adapters/adapter.ts';
import { AdapterError } from '../../adapters/errors.ts';
import type { Forwarded } from '../forward/forward.ts';
import { whoAnswered } from '../lib/who-answered.ts';
import { namesCaller } from './asker.ts';
import type { Entry } from './entry.ts';
import type { CachePolicy } from './policy.ts';
import type { Asked } from './understand.ts';

export interface Keeping {
  readonly policy: CachePolicy;
  readonly asked: Asked;
  readonly forwarded: Forwarded;
  readonly deadline: Deadline;
  readonly now: () => number;
  readonly chance: () => number;
}

/** Share of its time that an answer may lose by chance, so that those that came together do not end together. */
const jitter = 0.1;

/** Null: not one to keep. The reply can be given to its own caller all the same. */
export const keptOf = async (reply: Reply, keeping: Keeping): Promise<Entry | null> => {
  const { policy, asked, forwarded, deadline, now, chance } = keeping;
  const attempt = forwarded.attempts.at(-1);
  // A fallback's answer is not that of the side that was to answer.
  if (attempt === undefined || (!policy.shared && attempt.side !== asked.side)) return null;
  if (reply.verdict.blame !== 'nobody' || isPersonal(reply.head.raw, policy) || isSaidToBe(reply, policy)) return null;
  const body = await bodyOf(reply, policy.maxBytes, deadline);
  const keepable = body === null ? null : policy.meanings.ofReply(reply.head, body, asked.meaning);
  if (body === null || keepable === null) return null;
  const isValue = keepable.fault === null;
  if (isValue && reply.said !== undefined && reply.said.status >= 300) return null;
  const ttl = isValue ? policy.ttl : policy.faults.get(keepable.fault);
  if (ttl === undefined) return null;
  const storedAt = now();
  const freshUntil = storedAt + ttl * (1 - jitter * chance());
  return {
    status: reply.head.status,
    reason: reply.head.reason,
    raw: unframed(reply.head.raw),
    body: ownCopy(body),
    keepable,
    by: attempt.side,
    destination: attempt.destination,
    of: policy.target,
    storedAt,
    freshUntil,
    staleUntil: freshUntil + (isValue ? policy.staleWhileRevalidate : 0),
    errorUntil: freshUntil + (isValue ? policy.staleIfError : 0),
    tags: asked.tags,
  };
};

/** What came is a part of a larger piece of memory, which would be kept with it. */
export const ownCopy = (bytes: Buffer): Buffer => {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
};

/** Null: too long, or cut. What was read of it is still there for its caller. */
export const bodyOf = async ({ body }: Reply, most: number, deadline: Deadline): Promise<Buffer | null> => {
  if (typeof body.framing === 'object' && body.framing.bytes > most) return null;
  try {
    return await body.whole(most, deadline);
  } catch (error) {
    if (error instanceof AdapterError) return null;
    throw error;
  }
};

/** May an old answer stand in? Legacy's faults are answers: many a legacy says in one what is no failure, and nobody tells by `treat`. */
export const hasFailed = (forwarded: Forwarded): boolean => {
  const { reply } = forwarded;
  if (reply === null) return true;
  if (reply.verdict.blame !== 'destination') return false;
  return reply.verdict.fault === undefined || whoAnswered(forwarded)?.side !== 'legacy';
};

/** Cookies, sessions, codings that not every caller asked for, and what says itself that it is not for all. */
const isPersonal = (raw: Raw, { vary, keyHeaders }: Pick<CachePolicy, 'vary' | 'keyHeaders'>): boolean => {
  if (namesCaller(raw, { keyHeaders })) return true;
  for (let at = 0; at < raw.length; at += 2) {
    const [name, value] = [raw[at]!.toLowerCase(), raw[at + 1]!];
    if (name === 'set-cookie' || name === 'content-encoding' || name === 'content-range' || name === 'trailer')
      return true;
    if (name === 'www-authenticate' || name === 'authentication-info') return true;
    if (name === 'cache-control' && /\bno-store\b/i.test(value)) return true;
    if (name === 'vary' && !isTold(value, vary)) return true;
  }
  return false;
};

/** A translation tells its client nothing of this, and is made for it alone all the same. */
const isSaidToBe = ({ said }: Reply, { vary, keyHeaders }: CachePolicy): boolean =>
  said !== undefined && isPersonal(said.raw, { vary: [...vary, ...sameForAll], keyHeaders });

/** Header names that a destination may tell its callers apart by, and that a translation never passes on from one. */
const sameForAll = (['accept', 'origin'] as const).map((name) => ({ from: 'header', name }) as const);

/** Whatever the answer depends on has to be part of the key. */
const isTold = (value: string, vary: CachePolicy['vary']): boolean =>
  value.split(',').every((each) => {
    const name = each.trim().toLowerCase();
    // No coded answer is kept, so every kept one is good for whatever coding was asked for.
    return name === 'accept-encoding' || vary.some((source) => source.from === 'header' && source.name === name);
  });

const framing = new Set(['content-length', 'transfer-encoding']);

export const unframed = (raw: Raw): Raw => raw.filter((_, at) => !framing.has(raw[at - (at % 2)]!.toLowerCase()));
