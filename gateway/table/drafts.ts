// What guards destinations outlives tables. A table that is being made asks for its own, and nothing of it is in force before it serves.
import type { BudgetDraft, Budgets } from '../forward/budget.ts';
import type { BreakerDraft, Breakers } from '../guard/breakers.ts';
import type { BulkheadDraft, Bulkheads } from '../guard/bulkheads.ts';

export interface Outliving {
  readonly breakers: Breakers;
  readonly bulkheads: Bulkheads;
  readonly budgets: Budgets;
}

export interface Drafts {
  readonly breakers: BreakerDraft;
  readonly bulkheads: BulkheadDraft;
  readonly budgets: BudgetDraft;
  /** The table serves: what it does not use is forgotten. */
  keep(): void;
}

export const drafts = (outliving: Outliving): Drafts => {
  const breakers = outliving.breakers.draft();
  const bulkheads = outliving.bulkheads.draft();
  const budgets = outliving.budgets.draft();
  return {
    breakers,
    bulkheads,
    budgets,
    keep() {
      for (const draft of [breakers, bulkheads, budgets]) draft.keep();
    },
  };
};
