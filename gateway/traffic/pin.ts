// A tester's header that forces one call to a side. Signed, because anybody may send a header.
import { createHmac, timingSafeEqual } from 'node:crypto';

export const pinHeader = 'x-strangler-pin';

type PinnedSide = 'legacy' | 'modern';

/**
 * Value for the header `X-Strangler-Pin`: `side;until;scope;signature`, or `side;until;signature` where the scope is `*`.
 * `until` is in Unix seconds; `scope` is `*`, a route, or `route.operation`. Throws on an empty secret.
 */
export const signPin = (secret: string, side: PinnedSide, until: number, scope = '*'): string => {
  if (secret === '') throw new Error('a pin needs a secret to be signed with, and this one is empty');
  const signature = sign(secret, `${side};${until};${scope}`).toString('hex');
  return scope === '*' ? `${side};${until};${signature}` : `${side};${until};${scope};${signature}`;
};

/**
 * The side that a pin forces, or null if it is absent, expired, for something else, or not signed with this secret. Never an
 * error: a tester's mistake must not fail a call. `id` is `route.operation`, `now` is Unix time in milliseconds.
 */
export const pinned = (header: string | null, id: string, secret: string | null, now: number): PinnedSide | null => {
  if (header === null || secret === null || secret === '') return null;
  const pin = /^(legacy|modern);(\d{1,12});(?:(.+);)?([0-9a-f]{64})$/.exec(header.trim());
  if (pin === null) return null;
  const [, side = '', until = '', scope = '*', signature = ''] = pin;
  if (Number(until) * 1000 <= now || !covers(scope, id)) return null;
  // Both are 32 bytes, so the comparison takes the same time wherever they differ.
  const isOurs = timingSafeEqual(Buffer.from(signature, 'hex'), sign(secret, `${side};${until};${scope}`));
  return isOurs ? (side as PinnedSide) : null;
};

const sign = (secret: string, text: string): Buffer => createHmac('sha256', secret).update(text).digest();

/** Route names hold no dots, so the first one ends the route. */
const covers = (scope: string, id: string): boolean =>
  scope === '*' || scope === id || scope === id.slice(0, Math.max(0, id.indexOf('.')));
