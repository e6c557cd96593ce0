// The last five minutes of every operation, second by second, for the chart: what ops sees when the page is opened late.
import { outcomes } from '../exchange.ts';
import { column, fallbackReasons, sides, width } from './columns.ts';
import type { Counters } from './counters.ts';

const seconds = 300;
/** Legacy, modern, other answers (cache, gateway), fallbacks. */
const lanes = 4;

export interface SeriesView {
  /** Milliseconds since 1970, oldest first, about one second apart. */
  readonly at: readonly number[];
  /** Calls answered in that second, and calls that fell back. */
  readonly legacy: readonly number[];
  readonly modern: readonly number[];
  readonly other: readonly number[];
  readonly fallbacks: readonly number[];
}

export interface Series {
  /** Closes the second that ends now. `now` in milliseconds since 1970. */
  tick(now: number): void;
  of(slot: number): SeriesView;
}

const sum = (rows: Float64Array, start: number, count: number): number => {
  let total = 0;
  for (let place = start; place < start + count; place += 1) total += rows[place] ?? 0;
  return total;
};

/** Totals since the start, lane by lane. */
const lane = (rows: Float64Array, slot: number, which: number): number => {
  const requests = slot * width + column.requests;
  if (which === 0) return sum(rows, requests, outcomes.length);
  if (which === 1) return sum(rows, requests + outcomes.length, outcomes.length);
  if (which === 2) return sum(rows, requests + 2 * outcomes.length, (sides.length - 2) * outcomes.length);
  return sum(rows, slot * width + column.fallbacks, fallbackReasons.length);
};

export const series = (counters: Counters, slots: { readonly size: number }): Series => {
  const times: number[] = [];
  let head = 0; // where the next second goes, once `times` is full
  /** Per slot: the ring of each lane, and the totals at the last tick. */
  const rings: Float32Array[] = [];
  const totals: Float64Array[] = [];

  const order = (): number[] => times.map((_, index) => (head + index) % times.length);

  return {
    tick(now) {
      const place = times.length < seconds ? times.length : head;
      times[place] = now;
      head = times.length < seconds ? 0 : (place + 1) % seconds;
      for (let slot = 0; slot < slots.size; slot += 1) {
        const ring = (rings[slot] ??= new Float32Array(seconds * lanes));
        const before = (totals[slot] ??= new Float64Array(lanes));
        for (let which = 0; which < lanes; which += 1) {
          const total = lane(counters.rows, slot, which);
          ring[which * seconds + place] = total - (before[which] ?? 0);
          before[which] = total;
        }
      }
    },
    of(slot) {
      const places = order();
      const ring = rings[slot];
      const read = (which: number): number[] => places.map((place) => ring?.[which * seconds + place] ?? 0);
      return {
        at: places.map((place) => times[place] ?? 0),
        legacy: read(0),
        modern: read(1),
        other: read(2),
        fallbacks: read(3),
      };
    },
  };
};
