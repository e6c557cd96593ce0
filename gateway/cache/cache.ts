// THE CACHE: answered from memory, or asked and kept. It wraps the forwarding to both sides, never one side alone.
import type { Adapters, Arriving, Call, Deadline } from '../../adapters/adapter.ts';
import { AdapterError } from '../../adapters/errors.ts';
import type { CacheResult, CacheTold } from '../exchange.ts';
import type { Forwarded } from '../forward/forward.ts';
import type { Entry } from './entry.ts';
import { flights as makeFlights, landed, type Flight } from './flights.ts';
import { httpCache, type HttpCache } from './http/http-cache.ts';
import { hasFailed, keptOf } from './kept.ts';
import { memory as makeMemory, type Memory, type Reading } from './memory.ts';
import { staleness } from './news.ts';
import type { CachePolicy, Invalidation } from './policy.ts';
import type { Brought, Found, Lease, Shared } from './shared.ts';
import { takingBack } from './taking-back.ts';
import { tagsOfWrite } from './tags.ts';
import { understanding, type Asked } from './understand.ts';
import { unkeptKeys } from './unkept.ts';

/** Those where memory answered. */
export const cachedResults: ReadonlySet<CacheResult> = new Set<CacheResult>([
  'hit',
  'stale',
  'stale-if-error',
  'shared',
  'revalidated',
  'state',
]);

export interface Remembered extends Forwarded {
  readonly cache: CacheResult | null;
  readonly cacheTold?: CacheTold;
}

/** Asks whoever is to answer. */
export type Ask = (call: Call, deadline: Deadline) => Promise<Forwarded>;

export interface Cache {
  readonly memory: Memory;
  /** Of plain HTTP, where the origin says what may be kept. */
  readonly http: HttpCache;
  /** `side`: who is to answer, where sides do not share. */
  through(policy: CachePolicy, side: string, arrival: Arriving, ask: Ask): Promise<Remembered>;
  /** A write, after which what it takes back is given to nobody. */
  write(invalidation: Invalidation, arrival: Arriving, ask: Ask): Promise<Forwarded>;
  /** From what replicas share, and from the memory of the others; this one's is left as it is. */
  takeBackElsewhere(tags: readonly string[]): void;
}

export interface CacheParts {
  /** Of all kept answers, and of what the bodies of calls are known to mean. */
  readonly maxBytes: number;
  readonly adapters: Pick<Adapters, 'detach' | 'replyOf'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 0 ≤ chance < 1. */
  readonly chance: () => number;
  /** Milliseconds; does not jump. */
  readonly steady: () => number;
  /** Answers what ends it. */
  readonly every: (ms: number, tick: () => void) => () => void;
  /** The longest that anybody waits for a destination, in milliseconds. */
  readonly longestWait: () => number;
  /** Of all replicas, given what to do when one of the others takes something back; null: this process has its own answers alone. */
  readonly sharedWith: ((takenBack: (tags: readonly string[]) => void) => Shared) | null;
  /** A renewal behind a client's back failed; nobody else is told. */
  readonly broken: (error: unknown) => void;
}

/** Bytes for what bodies mean, at most; an eighth of all where that is less. */
const mostForMeanings = 16 * 1024 * 1024;
/** Longest request that is compared with others, in bytes. */
const longest = 1024 * 1024;
/** Milliseconds that a call waits for the answer to the same question before it asks itself. */
const patience = 5000;
/** Milliseconds after which a call looks itself whether another replica has the answer, or has died over it. */
const lookAgain = 300;

export const cache = (parts: CacheParts): Cache => {
  const { maxBytes, adapters, now, chance, steady, every, longestWait, sharedWith, broken } = parts;
  const forMeanings = Math.min(Math.floor(maxBytes / 8), mostForMeanings);
  const memory = makeMemory(maxBytes - forMeanings);
  const flights = makeFlights(steady);
  const unkept = unkeptKeys(steady);
  const shared = sharedWith === null ? null : sharedWith((tags) => void memory.invalidate(tags));
  const takeBack = takingBack({ memory, shared, steady, every, longestWait });
  const understand = understanding({ isShared: shared !== null, maxBytes: forMeanings });
  /** Where news of writes is missing, what some write takes back is not given. */
  const isTrusted = ({ isInvalidated }: CachePolicy): boolean => shared === null || !isInvalidated || shared.isCurrent;

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

  /** As one whose answer will be none to keep, most likely: nobody waits. */
  const pass = async (asked: Asked, leading: Leading): Promise<AskedFor> => {
    const reading = memory.begin();
    try {
      return await askKeeping(asked, leading, reading);
    } finally {
      memory.done(reading);
    }
  };

  /** Asks where nobody has the answer. Whoever waits is told. */
  const lead = async (asked: Asked, leading: Leading): Promise<Led> => {
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

  return {
    memory,
    http: httpCache({ memory, flights, unkept, shared, takeBack, adapters, now, steady, chance, broken }),
    async through(policy, side, arrival, ask) {
      const body = await wholeOf(arrival);
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
    },

    takeBackElsewhere: (tags) => void shared?.takeBack(tags),

    async write({ meanings, tags }, arrival, ask) {
      const body = meanings === null ? null : await wholeOf(arrival);
      const input = body === null ? null : (meanings?.ofCall(arrival, body)?.input ?? null);
      const taken = tagsOfWrite(tags, input);
      let forwarded: Forwarded | null = null;
      try {
        return (forwarded = await ask(arrival, arrival.deadline));
      } finally {
        await takeBack(taken, forwarded);
      }
    },
  };
};

interface Leading {
  readonly policy: CachePolicy;
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
  /** To those who wait. */
  readonly brought: Brought;
}

const unkeptOne = { is: 'unkept' } as const;

type Led =
  | AskedFor
  /** Its answers are none to keep, as others found out. */
  | typeof unkeptOne
  /** Replicas had it. */
  | { readonly is: 'found'; readonly entry: Entry }
  /** Another replica asks for the same. */
  | { readonly is: 'left' };

/** Of an answer past its time: may it be given while a new one is asked for? */
const isUsable = (entry: Entry | null, now: number): boolean => entry !== null && now <= entry.staleUntil;

/** Null: too long to be compared. It goes on as it came. */
const wholeOf = async ({ body, deadline }: Arriving): Promise<Buffer | null> => {
  if (body.bytes !== null) return body.bytes;
  try {
    return await body.whole(longest, deadline);
  } catch (error) {
    if (error instanceof AdapterError && error.code === 'ERR_TOO_LARGE') return null;
    throw error;
  }
};

/** An answer as this call is to get it: the body by its own message id, everything else as it was. */
const from = (
  adapters: CacheParts['adapters'],
  { meanings }: CachePolicy,
  entry: Entry,
  { meaning }: Asked,
): Forwarded => {
  const bytes = meanings.again(entry.body, entry.keepable, meaning);
  const raw = entry.status === 204 ? entry.raw : [...entry.raw, 'Content-Length', String(bytes.length)];
  return { reply: adapters.replyOf({ ...entry, raw }, bytes), error: null, attempts: [], fallback: null };
};
