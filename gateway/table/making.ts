// What a table is made with, and what keeps a file from becoming one.
import type { Adapters, Lease } from '../../adapters/adapter.ts';
import type { Keepers } from '../admission/keepers.ts';
import type { BudgetDraft } from '../forward/budget.ts';
import type { Repeats } from '../guard/again/repeats.ts';
import type { BreakerDraft } from '../guard/breakers.ts';
import type { BulkheadDraft } from '../guard/bulkheads.ts';
import type { Sessions } from '../traffic/sessions.ts';
import type { OpenedByName } from './destinations.ts';
import type { entrancesOf } from './entrances.ts';

export interface Flaw {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Absent: an error. */
  readonly severity?: 'error' | 'warning';
}

export interface Making {
  readonly revision: number;
  readonly opened: OpenedByName;
  readonly adapters: Adapters;
  readonly killed: ReadonlySet<string>;
  readonly slotOf: (route: string, operation: string) => number;
  readonly keepers: Keepers;
  readonly breakers: BreakerDraft;
  readonly sessions: Sessions;
  readonly repeats: Repeats;
  readonly bulkheads: BulkheadDraft;
  readonly budgets: BudgetDraft;
  readonly held: Lease;
}

/** The same, with what all routes know of each other. */
export interface Inside extends Making {
  readonly warn: (flaw: Flaw) => void;
  /** All that the file's operations take back, by the contract that they are of. */
  readonly invalidated: ReadonlyMap<string, readonly string[]>;
  readonly entrances: ReturnType<typeof entrancesOf>;
}
