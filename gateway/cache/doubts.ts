// What writes of unknown outcome may change yet: whoever was asked may carry one out when nobody waits for it any more. It is taken back
// again after one second, two, four and so on, so that what is done n seconds late is given as it was before for n seconds more at most.
import { SendError } from '../../adapters/errors.ts';
import type { Forwarded } from '../forward/forward.ts';
import { wholeOf } from './takings.ts';

export interface Doubts {
  /** These were taken back just now, and may change yet. */
  add(tags: readonly string[]): void;
}

export interface DoubtsParts {
  /** Milliseconds; does not jump. */
  readonly steady: () => number;
  /** Answers what ends it. */
  readonly every: (ms: number, tick: () => void) => () => void;
  /** The longest that anybody waits for a destination, in milliseconds; it may go on for as long again. */
  readonly longestWait: () => number;
  readonly takeBack: (tags: readonly string[]) => void;
}

/** Milliseconds until the first time, and between two looks. */
const first = 1000;
/** Milliseconds for which they are in doubt at least: where nothing else is said, ASP.NET gives a call 110 s. */
const least = 120_000;
/** More than these are taken back by operation. */
const most = 10_000;

interface Doubt {
  /** Of the last write; milliseconds by the steady clock, as `due`. */
  readonly since: number;
  readonly due: number;
}

export const doubts = ({ steady, every, longestWait, takeBack }: DoubtsParts): Doubts => {
  const open = new Map<string, Doubt>();
  let stop: (() => void) | null = null;
  const begin = (tag: string, at: number): void => {
    // What is due for an earlier write is not put off by a later one.
    open.set(tag, { since: at, due: Math.min(open.get(tag)?.due ?? Infinity, at + first) });
  };
  const fold = (at: number): void => {
    const wholes = new Set([...open.keys()].map(wholeOf));
    open.clear();
    for (const whole of wholes) begin(whole, at);
  };
  const look = (): void => {
    const at = steady();
    const until = Math.max(least, longestWait());
    const due = [...open].filter(([, doubt]) => at >= doubt.due);
    for (const [tag, { since }] of due) {
      if (at - since >= until) open.delete(tag);
      else open.set(tag, { since, due: at + Math.max(first, at - since) });
    }
    if (due.length > 0) takeBack(due.map(([tag]) => tag));
    if (open.size > 0) return;
    stop?.();
    stop = null;
  };
  return {
    add(tags) {
      const at = steady();
      for (const tag of tags) begin(open.has(wholeOf(tag)) ? wholeOf(tag) : tag, at);
      if (open.size > most) fold(at);
      if (open.size > 0) stop ??= every(first, look);
    },
  };
};

/** Accepted and to be done (202), or a server between us and who was asked waited no longer (502, 504; 520, 524 of Cloudflare). */
const undone: ReadonlySet<number | null> = new Set([null, 202, 502, 504, 520, 524]);

/** May a call yet be carried out, or have been, without a word of it? Null: nobody knows what became of it. */
export const mayBeDoneLate = (forwarded: Forwarded | null): boolean =>
  forwarded === null ||
  isLeft(forwarded) ||
  forwarded.attempts.some(({ reached, status }) => reached !== 'nothing' && undone.has(status));

/** What is given up because its client left says of itself that it did, not how far it had come. */
const isLeft = ({ error, attempts }: Forwarded): boolean =>
  attempts.length > 0 && error?.code === 'ERR_ABORTED' && !(error instanceof SendError);
