// Whoever asks for all who have the same question, here and on other replicas.
import type { Call, Deadline } from '../../adapters/adapter.ts';
import type { Forwarded } from '../forward/forward.ts';
import type { Entry } from './entry.ts';
import { patience } from './flights.ts';
import { keptOf } from './kept.ts';
import { lookAgain } from './landings.ts';
import type { Reading } from './memory.ts';
import type { RoomParts } from './parts.ts';
import type { CachePolicy } from './policy.ts';
import type { Ask } from './remembered.ts';
import type { Brought, Found, Lease, Shared } from './shared.ts';
import { trusted } from './trusted.ts';
import type { Asked } from './understand.ts';

export interface Leading {
  readonly policy: CachePolicy;
  readonly call: Call;
  readonly deadline: Deadline;
  readonly ask: Ask;
  /** For nobody's sake but the answer's own. */
  readonly renews: boolean;
}

export interface AskedFor {
  readonly is: 'asked';
  readonly forwarded: Forwarded;
  readonly isKept: boolean;
  /** To those who wait. */
  readonly brought: Brought;
}

export const unkeptOne = { is: 'unkept' } as const;

export type Led =
  | AskedFor
  /** Its answers are none to keep, as others found out. */
  | typeof unkeptOne
  /** Replicas had it. */
  | { readonly is: 'found'; readonly entry: Entry }
  /** Another replica asks for the same. */
  | { readonly is: 'left' };

export interface Leader {
  /** Asks where nobody has the answer. Whoever waits is told. */
  readonly lead: (asked: Asked, leading: Leading) => Promise<Led>;
  /** As one whose answer will be none to keep, most likely: nobody waits. */
  readonly pass: (asked: Asked, leading: Leading) => Promise<AskedFor>;
}

export const leader = (parts: RoomParts): Leader => {
  const { memory, flights, unkept, shared, now, chance, steady } = parts;
  const isTrusted = trusted(shared);

  /** What replicas have, or who of them asks; null where nobody can tell, or it took too long to wait for. */
  const elsewhere = async (
    tier: Shared,
    asked: Asked,
    { policy, deadline, renews }: Leading,
  ): Promise<Found | null> => {
    if (!isTrusted(policy)) return null;
    const question = { ...asked, maxBytes: policy.maxBytes, freshFor: renews ? policy.refreshAhead : 0 };
    const until = steady() + patience;
    for (;;) {
      const found = await tier.find(question);
      if (found === null || found.is !== 'asked' || renews || isUsable(found.old, now())) return found;
      const left = until - steady();
      if (left <= 0 || deadline.ended !== null) return null;
      const brought = await tier.landing(asked.key, Math.min(left, lookAgain));
      if (brought === 'unkept') return { is: 'unkept', old: null };
      if (brought === 'nothing') return null;
    }
  };

  /** Asks, and keeps what may be kept. */
  const askKeeping = async (
    asked: Asked,
    { policy, call, deadline, ask }: Leading,
    reading: Reading,
  ): Promise<AskedFor> => {
    const forwarded = await ask(call, deadline);
    if (forwarded.reply === null) return { is: 'asked', forwarded, isKept: false, brought: null };
    const entry = await keptOf(forwarded.reply, { policy, asked, forwarded, deadline, now, chance });
    if (entry === null) {
      // What was cut because its client left says nothing of what others would get.
      if (deadline.ended === null) unkept.add(asked.key);
      return { is: 'asked', forwarded, isKept: false, brought: deadline.ended === null ? 'unkept' : 'left' };
    }
    unkept.remove(asked.key);
    const isKept = memory.put(asked.key, entry, reading);
    // What was taken back meanwhile is nobody's but its own caller's: one of the others asks anew.
    return { is: 'asked', forwarded, isKept, brought: memory.isOutdated(reading, entry.tags) ? 'left' : entry };
  };

  const pass: Leader['pass'] = async (asked, leading) => {
    const reading = memory.begin();
    try {
      return await askKeeping(asked, leading, reading);
    } finally {
      memory.done(reading);
    }
  };

  const lead: Leader['lead'] = async (asked, leading) => {
    const { deadline, renews } = leading;
    const reading = memory.begin();
    const flight = flights.begin(asked.key, reading);
    let brought: Brought = null;
    let lease: Lease | null = null;
    let isTaken = false;
    try {
      const found = shared === null ? null : await elsewhere(shared, asked, leading);
      const there = found === null ? null : found.is === 'fresh' ? found.entry : found.old;
      if (there !== null) memory.put(asked.key, there, reading);
      if (found?.is === 'ours') ({ lease } = found);
      if (there !== null && (found?.is === 'fresh' || (!renews && isUsable(there, now())))) {
        isTaken = true;
        brought = memory.isOutdated(reading, there.tags) ? 'left' : there;
        return { is: 'found', entry: there };
      }
      if (found?.is === 'unkept') unkept.add(asked.key);
      if (found?.is === 'unkept' && !renews) return unkeptOne;
      if (renews && (found?.is === 'asked' || found?.is === 'unkept')) return { is: 'left' };
      const came = await askKeeping(asked, leading, reading);
      ({ brought } = came);
      return { ...came, isKept: came.isKept || (typeof brought === 'object' && brought !== null && lease !== null) };
    } finally {
      if (brought === null && deadline.ended !== null) brought = 'left';
      flight.land(brought === 'unkept' ? null : brought);
      lease?.end(isTaken ? 'left' : brought);
      memory.done(reading);
    }
  };

  return { lead, pass };
};

/** Of an answer past its time: may it be given while a new one is asked for? */
const isUsable = (entry: Entry | null, now: number): boolean => entry !== null && now <= entry.staleUntil;
