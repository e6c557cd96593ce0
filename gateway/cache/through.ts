// The path of a call whose answer may be kept: answered from memory, by somebody's answer under way, or asked.
import type { Arriving } from '../../adapters/adapter.ts';
import type { CacheResult } from '../exchange.ts';
import type { Forwarded } from '../forward/forward.ts';
import type { Entry } from './entry.ts';
import { landed, patience, type Flight } from './flights.ts';
import { hasFailed } from './kept.ts';
import { leader, unkeptOne } from './leader.ts';
import { staleness } from './news.ts';
import type { RoomParts } from './parts.ts';
import type { CachePolicy } from './policy.ts';
import type { Ask, Remembered } from './remembered.ts';
import { trusted } from './trusted.ts';
import type { Asked, Understand } from './understand.ts';
import { wholeBody } from './whole-body.ts';

/** `side`: who is to answer, where sides do not share. */
export type Through = (policy: CachePolicy, side: string, arrival: Arriving, ask: Ask) => Promise<Remembered>;

export const through = (parts: RoomParts, understand: Understand): Through => {
  const { memory, flights, unkept, shared, adapters, now, steady, broken } = parts;
  const isTrusted = trusted(shared);
  const { lead, pass } = leader(parts);

  const renew = (policy: CachePolicy, asked: Asked, arrival: Arriving, body: Buffer, ask: Ask): void => {
    if (flights.of(asked.key) !== undefined) return;
    const { call, deadline } = adapters.detach(arrival, body);
    lead(asked, { policy, call, deadline, ask, renews: true }).then(
      (led) => (led.is === 'asked' ? led.forwarded.reply?.discard?.() : undefined),
      broken,
    );
  };

  /** One that brings what this call asks; null: none is under way. */
  const flightFor = (policy: CachePolicy, asked: Asked): Flight | null => {
    const flight = flights.of(asked.key);
    // One that took off before a write may bring what was before it.
    if (flight === undefined || memory.isOutdated(flight.reading, asked.tags)) return null;
    return isTrusted(policy) || steady() - flight.tookOff <= staleness ? flight : null;
  };

  return async (policy, side, arrival, ask) => {
    const body = await wholeBody(arrival);
    const asked = body === null ? null : understand(policy, side, arrival, body);
    if (body === null || asked === null || typeof asked === 'string')
      return {
        ...(await ask(arrival, arrival.deadline)),
        cache: 'bypass',
        cacheTold: { detail: typeof asked === 'string' ? asked : 'too-long' },
      };
    const given = (entry: Entry, result: CacheResult): Remembered => ({
      ...from(adapters, policy, entry, asked),
      cache: result,
      cacheTold: { ttl: entry.freshUntil - now(), key: asked.key },
    });
    const at = now();
    const entry = isTrusted(policy) ? memory.get(asked.key, at) : undefined;
    if (entry !== undefined && at <= entry.freshUntil) {
      if (at > entry.freshUntil - policy.refreshAhead) renew(policy, asked, arrival, body, ask);
      return given(entry, 'hit');
    }
    if (entry !== undefined && at <= entry.staleUntil) {
      renew(policy, asked, arrival, body, ask);
      return given(entry, 'stale');
    }
    const { deadline } = arrival;
    const until = steady() + patience;
    let flight = unkept.has(asked.key) ? null : flightFor(policy, asked);
    while (flight !== null && steady() < until) {
      const waitedFor = await landed(flight, deadline, until - steady());
      if (waitedFor !== null && waitedFor !== 'left') return given(waitedFor, 'shared');
      // The first of those who wait asks at once, without a pause in which the others would, too.
      flight = waitedFor === 'left' ? flightFor(policy, asked) : null;
    }
    const leading = { policy, call: arrival, deadline, ask, renews: false };
    const first = unkept.has(asked.key) ? unkeptOne : await lead(asked, leading);
    const led = first.is === 'unkept' ? await pass(asked, leading) : first;
    if (led.is === 'left') throw new Error('nobody but a renewal leaves its question to others');
    if (led.is === 'found') {
      if (now() <= led.entry.freshUntil) return given(led.entry, 'state');
      renew(policy, asked, arrival, body, ask);
      return given(led.entry, 'stale');
    }
    const { forwarded, isKept } = led;
    const old = hasFailed(forwarded) && isTrusted(policy) ? memory.get(asked.key, now()) : undefined;
    if (old !== undefined) {
      forwarded.reply?.discard?.();
      return { ...given(old, 'stale-if-error'), attempts: forwarded.attempts, fallback: forwarded.fallback };
    }
    return {
      ...forwarded,
      cache: isKept ? 'miss' : 'unkept',
      cacheTold: { key: asked.key, wasThere: entry !== undefined },
    };
  };
};

/** An answer as this call is to get it: the body by its own message id, everything else as it was. */
const from = (
  adapters: RoomParts['adapters'],
  { meanings }: CachePolicy,
  entry: Entry,
  { meaning }: Asked,
): Forwarded => {
  const bytes = meanings.again(entry.body, entry.keepable, meaning);
  const raw = entry.status === 204 ? entry.raw : [...entry.raw, 'Content-Length', String(bytes.length)];
  return { reply: adapters.replyOf({ ...entry, raw }, bytes), error: null, attempts: [], fallback: null };
};
