// How many of a route's calls may be sent a second time: so many of those that came, and a few each second in any case.
import { SendError, type Reached, type Reason } from '../../adapters/errors.ts';
import type { BudgetSettings } from './schema.ts';

const slots = 10;
/** Milliseconds. */
const slot = 1000;

export class Budget {
  readonly route: string;
  readonly settings: BudgetSettings;
  readonly #steady: () => number;
  readonly #calls = new Float64Array(slots);
  readonly #spent = new Float64Array(slots);
  #inWindow = { calls: 0, spent: 0 };
  /** Number of the slot that now is in. */
  #at: number;
  /** Since the start. */
  readonly counts = { sent: 0, refused: 0 };

  /** `steady`: milliseconds that never go back. */
  constructor(route: string, settings: BudgetSettings, steady: () => number) {
    this.route = route;
    this.settings = settings;
    this.#steady = steady;
    this.#at = Math.floor(steady() / slot);
  }

  /** A call came. */
  called(): void {
    this.#moveOn();
    this.#calls[this.#at % slots]! += 1;
    this.#inWindow.calls += 1;
  }

  /** May one be sent a second time? */
  spend(): boolean {
    this.#moveOn();
    const { share, perSecond } = this.settings;
    const { calls, spent } = this.#inWindow;
    const isLeft = spent + 1 <= calls * share + (perSecond * slots * slot) / 1000 + hair;
    this.counts[isLeft ? 'sent' : 'refused'] += 1;
    if (!isLeft) return false;
    this.#spent[this.#at % slots]! += 1;
    this.#inWindow.spent += 1;
    return true;
  }

  #moveOn(): void {
    const now = Math.floor(this.#steady() / slot);
    for (let each = Math.min(now - this.#at, slots); each > 0; each -= 1) {
      const old = (now - each + 1) % slots;
      this.#inWindow.calls -= this.#calls[old]!;
      this.#inWindow.spent -= this.#spent[old]!;
      this.#calls[old] = 0;
      this.#spent[old] = 0;
    }
    this.#at = now;
  }
}

/** 0.2 × 5 is not 1 in binary fractions. */
const hair = 1e-9;

/** One attempt failed, and there is no budget left for another. */
export class BudgetSpentError extends SendError {
  /** Seconds until it may be worth asking again. */
  readonly retryAfter = 1;
  constructor(route: string, reason: Reason, reached: Reached) {
    super('ERR_BUDGET', reason, reached, `the second sends of ${route} are used up`);
    this.name = 'BudgetSpentError';
  }
}

export interface BudgetDraft {
  of(route: string, settings: BudgetSettings): Budget;
  /** The table serves. */
  keep(): void;
}

export interface Budgets {
  draft(): BudgetDraft;
  readonly all: Iterable<Budget>;
}

/** Of all routes. They outlive tables; other figures begin anew. */
export const budgets = (steady: () => number): Budgets => {
  let kept: ReadonlyMap<string, Budget> = new Map();
  return {
    draft() {
      const drafted = new Map<string, Budget>();
      return {
        of(route, settings) {
          const known = kept.get(route);
          const isSame = known?.settings.share === settings.share && known.settings.perSecond === settings.perSecond;
          const budget = isSame ? known : new Budget(route, settings, steady);
          drafted.set(route, budget);
          return budget;
        },
        keep() {
          kept = drafted;
        },
      };
    },
    get all() {
      return kept.values();
    },
  };
};
