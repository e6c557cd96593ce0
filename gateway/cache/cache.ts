// THE CACHE: answered from memory, or asked and kept. It wraps the forwarding to both sides, never one side alone.
import type { Adapters, Arriving, Call, Deadline } from '../../adapters/adapter.ts';
import { AdapterError } from '../../adapters/errors.ts';
import type { CacheResult, CacheTold } from '../exchange.ts';
import type { Forwarded } from '../forward/forward.ts';
import { endOf, type Entry } from './entry.ts';
import { flights as makeFlights, landed } from './flights.ts';
import { httpCache, type HttpCache } from './http/http-cache.ts';
import { hasFailed, keptOf } from './kept.ts';
import { memory as makeMemory, type Memory } from './memory.ts';
import type { CachePolicy, Invalidation } from './policy.ts';
import { tagOf } from './tags.ts';
import { understanding, type Asked } from './understand.ts';

/** Those where memory answered. */
export const cachedResults: ReadonlySet<CacheResult> = new Set<CacheResult>([
  'hit',
  'stale',
  'stale-if-error',
  'shared',
  'revalidated',
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
}

export interface CacheParts {
  /** Of all kept answers. */
  readonly maxBytes: number;
  readonly adapters: Pick<Adapters, 'detach' | 'replyOf'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 0 ≤ chance < 1. */
  readonly chance: () => number;
  /** A renewal behind a client's back failed; nobody else is told. */
  readonly broken: (error: unknown) => void;
}

/** Longest request that is compared with others, in bytes. */
const longest = 1024 * 1024;
/** Milliseconds that a call waits for the answer to the same question before it asks itself. */
const patience = 5000;

export const cache = ({ maxBytes, adapters, now, chance, broken }: CacheParts): Cache => {
  const memory = makeMemory(maxBytes);
  const flights = makeFlights();
  const understand = understanding();

  /** Asks, and keeps what may be kept. Whoever waits is told. */
  const lead = async (policy: CachePolicy, asked: Asked, call: Call, deadline: Deadline, ask: Ask): Promise<Led> => {
    const reading = memory.begin();
    const flight = flights.begin(asked.key, reading);
    let entry: Entry | null = null;
    try {
      const forwarded = await ask(call, deadline);
      entry =
        forwarded.reply === null
          ? null
          : await keptOf(forwarded.reply, { policy, asked, forwarded, deadline, now, chance });
      const isKept = entry !== null && memory.put(asked.key, entry, reading);
      if (entry !== null && memory.isOutdated(reading, entry.tags)) entry = null;
      return { forwarded, isKept };
    } finally {
      flight.land(entry);
      memory.done(reading);
    }
  };

  const renew = (policy: CachePolicy, asked: Asked, arrival: Arriving, body: Buffer, ask: Ask): void => {
    if (flights.of(asked.key) !== undefined) return;
    const { call, deadline } = adapters.detach(arrival, body);
    lead(policy, asked, call, deadline, ask).then(({ forwarded }) => forwarded.reply?.discard?.(), broken);
  };

  const shared = async (asked: Asked, arrival: Arriving): Promise<Entry | null> => {
    const flight = flights.of(asked.key);
    // One that took off before a write may bring what was before it.
    if (flight === undefined || memory.isOutdated(flight.reading, asked.tags)) return null;
    return await landed(flight, arrival.deadline, patience);
  };

  return {
    memory,
    http: httpCache({ memory, flights, adapters, now, chance, broken }),
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
      const entry = memory.get(asked.key, at);
      if (entry !== undefined && at <= entry.freshUntil) {
        if (at > entry.freshUntil - policy.refreshAhead) renew(policy, asked, arrival, body, ask);
        return given(entry, 'hit');
      }
      if (entry !== undefined && at <= entry.staleUntil) {
        renew(policy, asked, arrival, body, ask);
        return given(entry, 'stale');
      }
      const waitedFor = await shared(asked, arrival);
      if (waitedFor !== null) return given(waitedFor, 'shared');
      const { forwarded, isKept } = await lead(policy, asked, arrival, arrival.deadline, ask);
      if (
        entry !== undefined &&
        hasFailed(forwarded) &&
        memory.get(asked.key, now()) === entry &&
        now() <= endOf(entry)
      ) {
        forwarded.reply?.discard?.();
        return { ...given(entry, 'stale-if-error'), attempts: forwarded.attempts, fallback: forwarded.fallback };
      }
      return {
        ...forwarded,
        cache: isKept ? 'miss' : 'unkept',
        cacheTold: { key: asked.key, wasThere: entry !== undefined },
      };
    },

    async write({ meanings, tags }, arrival, ask) {
      const body = meanings === null ? null : await wholeOf(arrival);
      const input = body === null ? null : (meanings?.ofCall(arrival, body)?.input ?? null);
      // What cannot be read may have been about anything: the operation as a whole, then.
      const taken = tags.map((template) => tagOf(template, input) ?? template.whole);
      try {
        return await ask(arrival, arrival.deadline);
      } finally {
        // Failed or not: what came back does not tell what was done.
        memory.invalidate(taken);
      }
    },
  };
};

interface Led {
  readonly forwarded: Forwarded;
  readonly isKept: boolean;
}

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
