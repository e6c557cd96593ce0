// How often a cohort may call. The only file that imports `rate-limiter-flexible`.
import { hash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Call } from '../../adapters/adapter.ts';
import type { Refusal, Rule } from './refusal.ts';

export interface Rate {
  readonly calls: number;
  /** Milliseconds. */
  readonly per: number;
}

/** Counts of one rule; kept over flips. */
export interface Limiter {
  /** Null: one more is in order. Otherwise milliseconds until the next one is. */
  take(key: string): Promise<number | null>;
}

/** Keys come from clients: past this many at a time, those never seen share one count, so that memory stays bounded. */
const mostKeys = 50_000;

export const limiter = (
  { calls, per }: Rate,
  most = mostKeys,
  now: () => number = () => performance.now(),
): Limiter => {
  const counts = new RateLimiterMemory({ points: calls, duration: per / 1000 });
  // A key lives for `per` from its first call on: those alive were first seen in this span or the one before.
  const seen = { since: now(), before: 0, here: 0 };
  const isCrowded = (): boolean => {
    const spans = Math.floor((now() - seen.since) / per);
    if (spans > 0) Object.assign(seen, { since: now(), before: spans === 1 ? seen.here : 0, here: 0 });
    return seen.before + seen.here >= most;
  };
  return {
    async take(text) {
      let key = hash('sha256', text, 'base64');
      if (isCrowded() && (await counts.get(key)) === null) key = 'all others';
      try {
        const { isFirstInDuration } = await counts.consume(key);
        if (isFirstInDuration) seen.here += 1;
        return null;
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        return refused.msBeforeNext;
      }
    },
  };
};

/** `keyOf`: who calls, never empty. */
export const rateLimit =
  (counts: Limiter, keyOf: (call: Call) => string): Rule =>
  async (call) => {
    const wait = await counts.take(keyOf(call));
    return wait === null ? null : tooMany(wait);
  };

const tooMany = (ms: number): Refusal => ({
  reason: 'rate',
  trouble: {
    status: 429,
    code: 'ERR_RATE_LIMITED',
    message: 'Too many calls; call again later.',
    blame: 'client',
    retryAfter: Math.max(1, Math.ceil(ms / 1000)),
  },
});
