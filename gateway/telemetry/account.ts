// The end of every call: counted, told in one line, and kept for a while if it went wrong.
import { accessLine, lineLevel } from './access-line.ts';
import type { Exchange } from '../exchange.ts';
import type { Counters } from './counters.ts';
import type { Log } from './log.ts';

export interface Account {
  (exchange: Exchange): void;
}

/** A call worth a look: it fell back, failed, was refused or could not be decided. */
export interface NotedCall {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly exchange: Exchange;
}

export interface Noted {
  add(call: NotedCall): void;
  /** Oldest first. */
  readonly calls: readonly NotedCall[];
}

/** Keeps the latest `count` calls worth a look. */
export const noted = (count = 100): Noted => {
  const ring: NotedCall[] = [];
  let head = 0;
  return {
    add(call) {
      if (ring.length < count) ring.push(call);
      else {
        ring[head] = call;
        head = (head + 1) % count;
      }
    },
    get calls() {
      return [...ring.slice(head), ...ring.slice(0, head)];
    },
  };
};

/** `clock`: milliseconds since 1970. A quiet level leaves out the lines of calls that went well, never those that did not. */
export const account = (parts: {
  readonly counters: Counters;
  readonly noted: Noted;
  readonly log: Log;
  readonly clock: () => number;
}): Account => {
  const { counters, log, clock } = parts;
  return (exchange) => {
    counters.account(exchange);
    const level = lineLevel(exchange);
    const now = clock();
    if (level > 30 || exchange.undecided !== null) parts.noted.add({ at: now, exchange });
    if (level >= 50 || log.logger.levelVal <= level) log.write(accessLine(exchange, now));
  };
};
