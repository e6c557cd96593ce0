// Figures of every operation as plain numbers in rows. On the path of a call nothing is allocated and nothing is named:
// names meet numbers when somebody reads.
import {
  bucketOf,
  buckets,
  cacheIndex,
  column,
  fallbackIndex,
  outcomeIndex,
  sideIndex,
  undecidedIndex,
  width,
} from './columns.ts';
import { outcomes } from '../exchange.ts';
import type { Attempt, Exchange } from '../exchange.ts';

/** Rows added at a time: growing copies everything, so it must be rare. */
const block = 64;
const outcomeCount = outcomes.length;

export interface Counters {
  /** Counts one call. Exchanges of a slot never seen before make room for it. */
  account(exchange: Exchange): void;
  /** `width` numbers a slot, places as `column` has them. Replaced when it grows: read it afresh each time. */
  readonly rows: Float64Array;
  /** Sum of request durations in milliseconds: four sides a slot, in the order of `sides`. */
  readonly sums: Float64Array;
  /** Durations of attempts per destination and operation. */
  readonly attempts: readonly AttemptSeries[];
}

export interface AttemptSeries {
  readonly destination: string;
  readonly operation: string;
  /** Calls per bucket, not cumulated. */
  readonly counts: Float64Array;
  /** Milliseconds. */
  sum: number;
}

/** Attempts that asked nobody, or whose answer was not waited for, would only make a destination look fast. */
const wasAsked = (attempt: Attempt): boolean =>
  attempt.reason !== 'request' && attempt.reason !== 'open' && attempt.reason !== 'full' && attempt.lost === undefined;

export const counters = (): Counters => new Rows();

class Rows implements Counters {
  rows = new Float64Array(block * width);
  sums = new Float64Array(block * 4);
  readonly attempts: AttemptSeries[] = [];
  readonly #byName = new Map<string, AttemptSeries>();
  /** Two a slot, legacy and modern: where its last attempt was counted. Saves the look-up for all but the first. */
  readonly #latest: (AttemptSeries | undefined)[] = Array.from({ length: block * 2 });

  account(exchange: Exchange): void {
    if ((exchange.slot + 1) * width > this.rows.length) this.#grow(exchange.slot);
    const { rows } = this;
    const start = exchange.slot * width;
    const side = sideIndex[exchange.by];
    bump(rows, start + column.requests + side * outcomeCount + outcomeIndex[exchange.outcome]);
    bump(rows, start + column.decided + (exchange.decision.side === 'modern' ? 1 : 0));
    bump(rows, start + column.durations + side * buckets + bucketOf(exchange.ms));
    this.sums[exchange.slot * 4 + side]! += exchange.ms;
    if (exchange.fallback !== null) bump(rows, start + column.fallbacks + fallbackIndex[exchange.fallback]);
    if (exchange.cache !== null) bump(rows, start + column.cache + cacheIndex[exchange.cache]);
    if (exchange.undecided !== null) bump(rows, start + column.undecided + undecidedIndex[exchange.undecided]);
    if (exchange.decision.reason === 'draw') bump(rows, start + column.missing);
    for (const attempt of exchange.attempts) if (wasAsked(attempt)) this.#attempt(exchange, attempt);
  }

  #attempt(exchange: Exchange, attempt: Attempt): void {
    const side = attempt.side === 'modern' ? 1 : 0;
    const bucket = bucketOf(attempt.ms);
    bump(this.rows, exchange.slot * width + column.attempts + side * buckets + bucket);
    const place = exchange.slot * 2 + side;
    let series = this.#latest[place];
    if (series === undefined || series.destination !== attempt.destination) {
      series = this.#series(attempt.destination, exchange.operation);
      this.#latest[place] = series;
    }
    bump(series.counts, bucket);
    series.sum += attempt.ms;
  }

  #series(destination: string, operation: string): AttemptSeries {
    const name = `${destination} ${operation}`;
    let series = this.#byName.get(name);
    if (series === undefined) {
      series = { destination, operation, counts: new Float64Array(buckets), sum: 0 };
      this.#byName.set(name, series);
      this.attempts.push(series);
    }
    return series;
  }

  #grow(slot: number): void {
    const count = (Math.floor(slot / block) + 1) * block;
    const { rows, sums } = this;
    this.rows = new Float64Array(count * width);
    this.rows.set(rows);
    this.sums = new Float64Array(count * 4);
    this.sums.set(sums);
    for (let place = this.#latest.length; place < count * 2; place += 1) this.#latest.push(undefined);
  }
}

const bump = (numbers: Float64Array, place: number): void => {
  numbers[place]! += 1;
};
