// THE CACHE: answered from memory, or asked and kept. It wraps the forwarding to both sides, never one side alone.
import type { Arriving } from '../../adapters/adapter.ts';
import type { Forwarded } from '../forward/forward.ts';
import { flights as makeFlights } from './flights.ts';
import { httpCache, type HttpCache } from './http/http-cache.ts';
import { memory as makeMemory, type Memory } from './memory.ts';
import type { CacheParts } from './parts.ts';
import type { Invalidation } from './policy.ts';
import type { Ask } from './remembered.ts';
import { tagsOfWrite } from './tags.ts';
import { takingBack } from './taking-back.ts';
import { through, type Through } from './through.ts';
import { understanding } from './understand.ts';
import { unkeptKeys } from './unkept.ts';
import { wholeBody } from './whole-body.ts';

export interface Cache {
  readonly memory: Memory;
  /** Of plain HTTP, where the origin says what may be kept. */
  readonly http: HttpCache;
  readonly through: Through;
  /** A write, after which what it takes back is given to nobody. */
  write(invalidation: Invalidation, arrival: Arriving, ask: Ask): Promise<Forwarded>;
  /** From what replicas share, and from the memory of the others; this one's is left as it is. */
  takeBackElsewhere(tags: readonly string[]): void;
}

/** Bytes for what bodies mean, at most; an eighth of all where that is less. */
const mostForMeanings = 16 * 1024 * 1024;

export const cache = ({ maxBytes, every, longestWait, sharedWith, ...edge }: CacheParts): Cache => {
  const { steady } = edge;
  const forMeanings = Math.min(Math.floor(maxBytes / 8), mostForMeanings);
  const memory = makeMemory(maxBytes - forMeanings);
  const shared = sharedWith === null ? null : sharedWith((tags) => void memory.invalidate(tags));
  const takeBack = takingBack({ memory, shared, steady, every, longestWait });
  const parts = { ...edge, memory, shared, takeBack, flights: makeFlights(steady), unkept: unkeptKeys(steady) };
  return {
    memory,
    http: httpCache(parts),
    through: through(parts, understanding({ isShared: shared !== null, maxBytes: forMeanings })),
    takeBackElsewhere: (tags) => void shared?.takeBack(tags),

    async write({ meanings, tags }, arrival, ask) {
      const body = meanings === null ? null : await wholeBody(arrival);
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
