// What second sends share: clocks, chance, and one budget for each destination, which outlives tables.
import type { Call, Deadline, Lease, OwnDeadline } from '../../../adapters/adapter.ts';
import { budget, type Budget } from './budget.ts';

export interface RepeatHouse {
  /** Milliseconds that never go back. */
  readonly steady: () => number;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  /** 0 ≤ chance < 1. */
  readonly chance: () => number;
  /** Calls back once after so many milliseconds, unless the function that it answers is called. */
  readonly after: (ms: number, run: () => void) => () => void;
}

export interface Repeats extends RepeatHouse {
  /** The same for the same destination. */
  budgetOf(destination: string): Budget;
  readonly budgets: Iterable<Budget>;
}

export const repeats = (house: RepeatHouse): Repeats => {
  const kept = new Map<string, Budget>();
  return {
    ...house,
    budgetOf(destination) {
      const found = kept.get(destination) ?? budget(destination, house.steady);
      kept.set(destination, found);
      return found;
    },
    get budgets() {
      return kept.values();
    },
  };
};

/** For who compiles a table that will never serve. */
export const noRepeats = (): Repeats =>
  repeats({ steady: () => 0, wall: () => 0, chance: () => 0, after: () => () => undefined });

/** One operation's calls to one destination. */
export interface Repeated {
  readonly house: RepeatHouse;
  readonly budget: Budget;
  /** Its breaker lets all calls through. */
  readonly isClosed: () => boolean;
  /** As many calls as it takes are under way there. */
  readonly isFull: () => boolean;
  /** Milliseconds of the call's total time that have to be left for another send. */
  readonly reserve: number;
  readonly wire: Wire;
  /** Where bodies are held for another send. Given back by who asked for the call. */
  readonly held: Lease;
}

export interface Wire {
  /** What vouches for the call is good once. */
  readonly isGoodOnce: (call: Call) => boolean;
  readonly detach: (call: Call, body: Buffer) => { readonly call: Call };
  readonly deadline: (at: number) => OwnDeadline;
}

/** Bytes of a call that are kept for another send. */
export const held = 1024 * 1024;

/**
 * Might the same be sent there once more, `wait` milliseconds from now? Not what is a write, or not known to be none; not what is bound to its
 * client's connection or vouched for once (decision 19); not past the call's time, nor to a destination that is given a rest.
 */
export const mayRepeat = (
  call: Call,
  deadline: Deadline,
  { house, isClosed, reserve, wire }: Repeated,
  wait: number,
): boolean =>
  call.repeatable === true &&
  call.body.again !== 'gone' &&
  isAnybodys(call) &&
  deadline.ended === null &&
  deadline.at - house.steady() - wait >= reserve &&
  isClosed() &&
  !wire.isGoodOnce(call);

/** On another connection it would be nobody's. */
const isAnybodys = ({ client }: Call): boolean => (client.bond ?? null) === null;
