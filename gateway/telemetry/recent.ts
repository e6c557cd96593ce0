// Rolling figures: what was counted in the last seconds, as the difference between the counters now and a picture of them then.
// One picture a second for the last eleven, every fifth of them for the last minute; nothing happens per call.
import { width } from './columns.ts';
import type { Counters } from './counters.ts';

/** Valid until the next tick: it reads the counters and pictures as they are. */
export interface Span {
  /** Milliseconds that the figures cover; less than asked for while the process is young. */
  readonly ms: number;
  /** Calls (or whatever stands there) at this place of a slot's row, counted within the span. */
  count(slot: number, place: number): number;
}

export interface Recent {
  /** Takes a picture; once a second. `now` in milliseconds on any clock that does not go back. */
  tick(now: number): void;
  /** The last `ms` milliseconds, up to a minute, up to this very moment. */
  last(ms: number, now: number): Span;
}

interface Picture {
  readonly at: number;
  readonly number: number;
  /** Modulo 2³²: differences stay right, and it halves the memory. */
  rows: Uint32Array;
}

const fine = 11_500;
const coarse = 66_000;
const every = 5;

/** `now`: when counting began. */
export const recent = (counters: Counters, now: number): Recent => {
  let pictures: Picture[] = [{ at: now, number: 0, rows: new Uint32Array(0) }];
  let taken = 0;
  let spare: Uint32Array | null = null;

  const keep = (picture: Picture, at: number): boolean => {
    const age = at - picture.at;
    return age <= fine || (age <= coarse && picture.number % every === 0);
  };

  return {
    tick(at) {
      const kept = pictures.filter((picture) => keep(picture, at));
      spare = pictures.find((picture) => !kept.includes(picture))?.rows ?? spare;
      pictures = kept;
      const rows = spare?.length === counters.rows.length ? spare : new Uint32Array(counters.rows.length);
      spare = null;
      rows.set(counters.rows); // ToUint32 is modulo 2³²
      taken += 1;
      pictures.push({ at, number: taken, rows });
    },
    last(ms, at) {
      // The youngest picture that is old enough, else the oldest there is.
      const then = pictures.findLast((picture) => at - picture.at >= ms) ?? pictures[0];
      const before = then?.rows ?? new Uint32Array(0);
      return {
        ms: Math.max(1, at - (then?.at ?? at)),
        count: (slot, place) => {
          const index = slot * width + place;
          return (((counters.rows[index] ?? 0) >>> 0) - (before[index] ?? 0)) >>> 0;
        },
      };
    },
  };
};
