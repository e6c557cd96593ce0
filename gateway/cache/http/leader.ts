// Whoever asks for all who have the same question, here and on other replicas.
import type { Entry } from '../entry.ts';
import type { RoomParts } from '../parts.ts';
import type { Brought, Lease } from '../shared.ts';
import { elsewhere, keepFor, type FoundOfHttp } from './elsewhere.ts';
import { mayBeGiven } from './giving.ts';
import type { AskedFor, Leading, Origin } from './origin.ts';
import { ownKeyOf } from './question.ts';
import type { Store } from './store.ts';

export type Led =
  | AskedFor
  /** Replicas had it. */
  | { readonly is: 'found'; readonly entry: Entry }
  /** `moved`: its answers vary by other headers. `unkept`: they are none to keep. `left`: another replica asks for the same. */
  | { readonly is: 'moved' | 'unkept' | 'left' };

export interface Leader {
  /** Asks where nobody has the answer. Whoever waits is told. `old`: what is kept here. */
  readonly lead: (leading: Leading, old: Entry | undefined) => Promise<Led>;
  /** Whether replicas have it, for who would not ask for all of them. What they have is in memory then. */
  readonly look: (leading: Leading, old: Entry | undefined) => Promise<Entry | null>;
}

export interface LeaderParts extends Pick<RoomParts, 'memory' | 'flights' | 'unkept' | 'shared' | 'now' | 'steady'> {
  readonly store: Store;
  readonly origin: Origin;
}

export const leader = (parts: LeaderParts): Leader => {
  const { memory, flights, unkept, shared, store, origin, now, steady } = parts;
  const search = async (leading: Leading): Promise<FoundOfHttp | null> =>
    shared === null || !store.isTrusted(leading.question.policy)
      ? null
      : await elsewhere({ ...leading, tier: shared, now, steady });

  const lead: Leader['lead'] = async (leading, old) => {
    const { question, key, deadline, renews } = leading;
    const reading = memory.begin();
    const flight = flights.begin(key, reading);
    let brought: Brought = null;
    let lease: Lease | null = null;
    let isTaken = false;
    try {
      const found = await search(leading);
      if (found?.is === 'moved') {
        store.learn(question, found.vary);
        brought = 'left';
        return { is: 'moved' };
      }
      if (found?.is === 'ours') ({ lease } = found);
      const there = newerOf(thereOf(found), old);
      if (there !== null) store.put(question, there, reading);
      if (there !== null && (found?.is === 'fresh' || (!renews && mayBeGiven(question.asking, there, now())))) {
        isTaken = true;
        brought = memory.isOutdated(reading, there.tags) ? 'left' : there;
        return { is: 'found', entry: there };
      }
      if (found?.is === 'unkept') unkept.add(key);
      if (renews && (found?.is === 'asked' || found?.is === 'unkept')) return { is: 'left' };
      if (found?.is === 'unkept') return { is: 'unkept' };
      const came = await origin.ask(leading, there ?? old, reading);
      ({ brought } = came);
      return { ...came, isKept: came.isKept || (lease !== null && isEntry(brought)) };
    } finally {
      if (brought === null && deadline.ended !== null) brought = 'left';
      flight.land(brought === 'unkept' ? null : brought);
      if (lease !== null && isEntry(brought) && !isTaken) keepFor({ lease, question, key, entry: brought, now: now() });
      else lease?.end(isTaken ? 'left' : brought);
      memory.done(reading);
    }
  };

  return {
    lead,
    async look(leading, old) {
      const { question } = leading;
      const reading = memory.begin();
      try {
        const found = await search({ ...leading, until: 0 });
        if (found?.is === 'ours') found.lease.end('left');
        if (found?.is === 'moved') store.learn(question, found.vary);
        const there = newerOf(thereOf(found), old);
        if (there !== null) store.put(question, there, reading);
        return there !== null && mayBeGiven(question.asking, there, now()) ? there : null;
      } finally {
        memory.done(reading);
      }
    },
  };
};

const thereOf = (found: FoundOfHttp | null): Entry | null => {
  if (found === null || found.is === 'moved') return null;
  return found.is === 'fresh' ? found.entry : found.old;
};

/** Null: what is kept here is newer. */
const newerOf = (there: Entry | null, old: Entry | undefined): Entry | null =>
  there !== null && (old === undefined || there.storedAt >= old.storedAt) ? there : null;

export const isEntry = (brought: Brought): brought is Entry => typeof brought === 'object' && brought !== null;

/** Its answer is kept by this key. */
export const isOwn = (leading: Leading, entry: Entry): boolean => ownKeyOf(leading.question, entry) === leading.key;
