// Plain HTTP by RFC 9111: what the origin allows to be kept, for whom it varies, and what it says when it is asked again.
import { LRUCache } from 'lru-cache';
import type { Arriving, Call, Deadline } from '../../../adapters/adapter.ts';
import { AdapterError } from '../../../adapters/errors.ts';
import type { Forwarded } from '../../forward/forward.ts';
import type { Ask, CacheParts, Remembered } from '../cache.ts';
import type { CacheResult } from '../../exchange.ts';
import type { Entry } from '../entry.ts';
import { landed, type Flight, type Flights } from '../flights.ts';
import { hasFailed } from '../kept.ts';
import type { Memory, Reading } from '../memory.ts';
import { staleness } from '../news.ts';
import type { Brought, Lease, Shared } from '../shared.ts';
import type { Unkept } from '../unkept.ts';
import { conditional, isExacting, unconditional, wantsOnlyKept } from './asking.ts';
import { elsewhere, keepFor } from './elsewhere.ts';
import { givenTo, mayBeGiven } from './giving.ts';
import { keeping } from './keeping.ts';
import type { HttpCachePolicy, HttpChange } from './policy.ts';
import { keyOf, ownKeyOf, questionOf, type Question } from './question.ts';
import { tagsOfChange } from './tags.ts';

export interface HttpCache {
  through(policy: HttpCachePolicy, side: string, arrival: Arriving, ask: Ask): Promise<Remembered>;
  /** Takes back what its calls may change, done or failed. */
  write(change: HttpChange, arrival: Arriving, ask: Ask): Promise<Forwarded>;
}

export interface HttpCacheParts extends Omit<CacheParts, 'maxBytes' | 'sharedWith'> {
  readonly memory: Memory;
  readonly flights: Flights;
  readonly unkept: Unkept;
  readonly shared: Shared | null;
}

/** Milliseconds that a call waits for the answer to the same question before it asks itself. */
const patience = 5000;
/** Bytes that the names in Vary may take. */
const varying = 4 * 1024 * 1024;
/** Answers do not turn out to vary by yet other headers more often than this, while one call looks on. */
const mostMoves = 4;

const nothing = Buffer.alloc(0);

export const httpCache = (parts: HttpCacheParts): HttpCache => {
  const { memory, flights, unkept, shared, adapters, now, steady, broken } = parts;
  const { kept, stillGood } = keeping(parts);
  const given = givenTo(adapters, now);
  /** What the answers to a question vary by, as the last of them had it. */
  const varies = new LRUCache<string, readonly string[]>({
    maxSize: varying,
    sizeCalculation: (names) => 250 + names.join().length,
  });
  const keyNow = (question: Question): string => keyOf(question, varies.get(question.primary) ?? []);
  /** Where news of writes is missing, what some operation takes back by name is not given. */
  const isTrusted = ({ isInvalidated }: HttpCachePolicy): boolean =>
    shared === null || !isInvalidated || shared.isCurrent;

  const put = (question: Question, entry: Entry, reading: Reading): boolean => {
    varies.set(question.primary, entry.http?.vary ?? []);
    return memory.put(ownKeyOf(question, entry), entry, reading);
  };

  /** By what is kept, where that may still be good. Null in `renewed`: it is what came. */
  const askBy = async (question: Question, old: Entry | undefined, { call, deadline, ask }: Leading) => {
    const head = old?.http === undefined ? null : conditional(call.head, old.http);
    let asked = now();
    const came = (forwarded: Forwarded) => ({ forwarded, asked, deadline });
    if (head !== null) {
      const forwarded = await ask({ ...adapters.detach(call, nothing).call, head }, deadline);
      if (forwarded.reply?.head.status !== 304)
        return { forwarded, renewed: null, entry: await kept(question, came(forwarded)) };
      const renewed = stillGood(question, old!, came(forwarded));
      forwarded.reply.discard?.();
      if (renewed !== null) return { forwarded, renewed, entry: renewed };
      asked = now();
    }
    const forwarded = await ask(call, deadline);
    return { forwarded, renewed: null, entry: await kept(question, came(forwarded)) };
  };

  /** Asks, and keeps what may be kept. */
  const askKeeping = async (leading: Leading, old: Entry | undefined, reading: Reading): Promise<AskedFor> => {
    const { question, key, deadline } = leading;
    const { forwarded, renewed, entry } = await askBy(question, old, leading);
    const asked = { is: 'asked', forwarded, renewed } as const;
    if (entry === null || entry === 'unkept') {
      // What was cut because its client left says nothing of what others would get.
      const brought = deadline.ended === null ? entry : 'left';
      if (brought === 'unkept') unkept.add(key);
      return { ...asked, isKept: false, brought };
    }
    const isKept = put(question, entry, reading);
    // What is good for no time is to be asked about by each for himself.
    const isForAll = entry.freshUntil > now();
    for (const each of [key, ownKeyOf(question, entry)])
      if (isForAll) unkept.remove(each);
      else unkept.add(each);
    // What was taken back meanwhile is nobody's but its own caller's: one of the others asks anew.
    if (memory.isOutdated(reading, entry.tags)) return { ...asked, isKept, brought: 'left' };
    return { ...asked, isKept, brought: isForAll ? entry : 'unkept' };
  };

  /** As one whose answer is good for nobody else, most likely: nobody waits. */
  const pass = async (leading: Leading, old: Entry | undefined): Promise<AskedFor> => {
    const reading = memory.begin();
    try {
      return await askKeeping(leading, old, reading);
    } finally {
      memory.done(reading);
    }
  };

  /** Asks where nobody has the answer. Whoever waits is told. */
  const lead = async (leading: Leading, old: Entry | undefined): Promise<Led> => {
    const { question, key, deadline, renews } = leading;
    const reading = memory.begin();
    const flight = flights.begin(key, reading);
    let brought: Brought = null;
    let lease: Lease | null = null;
    let isTaken = false;
    try {
      const found = await search(leading, question.asking.afresh ? 0 : patience);
      if (found?.is === 'moved') {
        varies.set(question.primary, found.vary);
        brought = 'left';
        return { is: 'moved' };
      }
      const there = found === null ? null : found.is === 'fresh' ? found.entry : found.old;
      if (found?.is === 'ours') ({ lease } = found);
      if (there !== null) put(question, there, reading);
      if (there !== null && (found?.is === 'fresh' || (!renews && mayBeGiven(question.asking, there, now())))) {
        isTaken = true;
        brought = memory.isOutdated(reading, there.tags) ? 'left' : there;
        return { is: 'found', entry: there };
      }
      if (found?.is === 'unkept') unkept.add(key);
      if (renews && (found?.is === 'asked' || found?.is === 'unkept')) return { is: 'left' };
      if (found?.is === 'unkept') return { is: 'unkept' };
      const came = await askKeeping(leading, there ?? old, reading);
      ({ brought } = came);
      return { ...came, isKept: came.isKept || (lease !== null && isEntry(brought)) };
    } finally {
      if (brought === null && deadline.ended !== null) brought = 'left';
      flight.land(brought === 'unkept' ? null : brought);
      if (lease !== null && isEntry(brought) && !isTaken)
        keepFor(lease, key, ownKeyOf(question, brought), brought, now());
      else lease?.end(isTaken ? 'left' : brought);
      memory.done(reading);
    }
  };

  const search = async ({ question, key, deadline, renews }: Leading, longest: number) =>
    shared === null || !isTrusted(question.policy)
      ? null
      : await elsewhere({ tier: shared, question, key, deadline, renews, patience: longest, now, steady });

  /** Whether replicas have it, for who would not ask for all of them. What they have is in memory then. */
  const look = async (leading: Leading): Promise<Entry | null> => {
    const { question } = leading;
    const reading = memory.begin();
    try {
      const found = await search(leading, 0);
      if (found?.is === 'ours') found.lease.end('left');
      if (found?.is === 'moved') varies.set(question.primary, found.vary);
      if (found === null || found.is === 'moved') return null;
      const there = found.is === 'fresh' ? found.entry : found.old;
      if (there !== null) put(question, there, reading);
      return there !== null && mayBeGiven(question.asking, there, now()) ? there : null;
    } finally {
      memory.done(reading);
    }
  };

  const renew = (question: Question, entry: Entry, ask: Ask): void => {
    const key = keyNow(question);
    if (flights.of(key) !== undefined || unkept.has(key)) return;
    const { call, deadline } = adapters.detach(question.arrival, nothing);
    const asking = { ...question.asking, isConditional: false, maxAge: null, minFresh: null };
    const asked = { ...call, head: unconditional(call.head) };
    lead({ question: { ...question, asking }, key, call: asked, deadline, ask, renews: true }, entry).then(
      (led) => (led.is === 'asked' ? led.forwarded.reply?.discard?.() : undefined),
      broken,
    );
  };

  /** One that brings what this call asks; null: none is under way. */
  const flightFor = ({ policy, tags }: Question, key: string): Flight | null => {
    const flight = flights.of(key);
    // One that took off before a write may bring what was before it.
    if (flight === undefined || memory.isOutdated(flight.reading, tags)) return null;
    return isTrusted(policy) || steady() - flight.tookOff <= staleness ? flight : null;
  };

  /** An answer that may be given, or what came of asking. */
  const answered = async (question: Question, ask: Ask): Promise<Answered> => {
    const { policy, arrival, asking } = question;
    const { deadline } = arrival;
    const until = steady() + patience;
    const mayWait = !asking.afresh && asking.maxAge !== 0 && !asking.isConditional;
    let [hasLooked, hasWaited, isAlone, moves] = [false, false, false, 0];
    for (;;) {
      const key = keyNow(question);
      const leading: Leading = { question, key, call: arrival, deadline, ask, renews: false };
      const entry = isTrusted(policy) ? memory.get(key, now()) : undefined;
      if (entry !== undefined && mayBeGiven(asking, entry, now()))
        return { is: 'given', entry, by: hasWaited ? 'shared' : 'hit', key };
      isAlone ||= unkept.has(key) || moves > mostMoves || steady() >= until;
      const flight = isAlone || !mayWait ? null : flightFor(question, key);
      if (flight !== null) {
        const what = await landed(flight, deadline, until - steady());
        hasWaited = true;
        if (what === 'left') continue; // the first of those who wait asks at once, and the others wait for him
        if (isEntry(what) && ownKeyOf(question, what) !== key) moves += 1;
        else if (isEntry(what) && mayBeGiven(asking, what, now()))
          return { is: 'given', entry: what, by: 'shared', key };
        else isAlone = true;
        continue;
      }
      // Who asks by a copy of his own may be told no more than that it is good: others get nothing by it.
      if (asking.onlyKept || (asking.isConditional && !isAlone && !hasValidator(entry))) {
        if (!hasLooked) {
          hasLooked = true;
          const there = await look(leading);
          if (there !== null) return { is: 'given', entry: there, by: 'state', key };
          continue;
        }
        if (asking.onlyKept) return { is: 'none' };
        isAlone = true;
      }
      const led = isAlone ? await pass(leading, entry) : await lead(leading, entry);
      if (led.is === 'left') throw new Error('nobody but a renewal leaves its question to others');
      if (led.is === 'found') return { is: 'given', entry: led.entry, by: 'state', key };
      if (led.is === 'asked') return { ...led, key, wasThere: entry !== undefined };
      isAlone = led.is === 'unkept';
      moves += 1;
    }
  };

  return {
    async through(policy, side, arrival, ask) {
      const question = questionOf({ policy, side, arrival, isShared: shared !== null });
      if (typeof question === 'string') {
        if (wantsOnlyKept(arrival)) return unstored();
        return { ...(await ask(arrival, arrival.deadline)), cache: 'bypass', cacheTold: { detail: question } };
      }
      const { asking } = question;
      const from = (entry: Entry, cache: CacheResult, key: string): Remembered => ({
        ...given(asking, entry),
        cache,
        cacheTold: { ttl: entry.freshUntil - now(), key },
      });
      const answer = await answered(question, ask);
      if (answer.is === 'none') return unstored();
      if (answer.is === 'given') {
        const { entry, by, key } = answer;
        const at = now();
        if (at >= entry.freshUntil - policy.refreshAhead) renew(question, entry, ask);
        return from(entry, at < entry.freshUntil ? by : 'stale', key);
      }
      const { forwarded, isKept, renewed, key, wasThere } = answer;
      const { attempts, fallback } = forwarded;
      if (renewed !== null) return { ...from(renewed, 'revalidated', key), attempts, fallback };
      const old = hasFailed(forwarded) && isTrusted(policy) ? memory.get(key, now()) : undefined;
      if (old !== undefined && !isExacting(asking) && now() < old.errorUntil) {
        forwarded.reply?.discard?.();
        return { ...from(old, 'stale-if-error', key), attempts, fallback };
      }
      return { ...forwarded, cache: isKept ? 'miss' : 'unkept', cacheTold: { wasThere, key } };
    },

    async write(change, arrival, ask) {
      let forwarded: Forwarded | null = null;
      try {
        return (forwarded = await ask(arrival, arrival.deadline));
      } finally {
        const taken = tagsOfChange(change, arrival, forwarded?.reply?.head.raw ?? []);
        if (taken.length > 0) {
          memory.invalidate(taken);
          // Whoever is told of the write may count on it everywhere.
          await shared?.takeBack(taken);
        }
      }
    },
  };
};

interface Leading {
  readonly question: Question;
  readonly key: string;
  readonly call: Call;
  readonly deadline: Deadline;
  readonly ask: Ask;
  /** For nobody's sake but the answer's own. */
  readonly renews: boolean;
}

interface AskedFor {
  readonly is: 'asked';
  readonly forwarded: Forwarded;
  readonly isKept: boolean;
  /** What was kept, said to be still good. */
  readonly renewed: Entry | null;
  /** To those who wait. */
  readonly brought: Brought;
}

type Led =
  | AskedFor
  /** Replicas had it. */
  | { readonly is: 'found'; readonly entry: Entry }
  /** `moved`: its answers vary by other headers. `unkept`: they are none to keep. `left`: another replica asks for the same. */
  | { readonly is: 'moved' | 'unkept' | 'left' };

type Answered =
  | { readonly is: 'given'; readonly entry: Entry; readonly by: CacheResult; readonly key: string }
  | (AskedFor & { readonly key: string; readonly wasThere: boolean })
  | { readonly is: 'none' };

const isEntry = (brought: Brought): brought is Entry => typeof brought === 'object' && brought !== null;

const hasValidator = (entry: Entry | undefined): boolean =>
  entry?.http !== undefined && (entry.http.etag !== null || entry.http.modified !== null);

/** RFC 9111 §5.2.1.7. */
const unstored = (): Remembered => ({
  reply: null,
  error: new AdapterError('ERR_UNSTORED', 'nothing is kept that is good for this call, and it wants nothing else'),
  attempts: [],
  fallback: null,
  cache: 'bypass',
  cacheTold: { detail: 'only-if-cached', isUnsent: true },
});
