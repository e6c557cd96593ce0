// What `check` can only know by compiling: operations that the WSDL lacks, calls that name no member, modules that fail.
import { adapters, scaffold } from '../../../adapters/index.ts';
import type { Adapters } from '../../../adapters/adapter.ts';
import { keepers } from '../../admission/keepers.ts';
import { noRepeats } from '../../guard/again/repeats.ts';
import { budgets } from '../../forward/budget.ts';
import { heldBytes } from '../../forward/held-bytes.ts';
import { noBreakers } from '../../guard/breakers.ts';
import { noBulkheads } from '../../guard/bulkheads.ts';
import { problemAt, type Loaded } from '../../config/load.ts';
import type { Problem } from '../../events.ts';
import { compile } from '../../table/compile.ts';
import { reopen } from '../../table/destinations.ts';
import { sessionsInMemory } from '../../traffic/sessions.ts';

/** For commands that read a contract and open nothing. */
export const inspecting: Pick<Adapters, 'inspect'> = adapters;
/** And for those that write what a new service starts from. */
export const scaffolding: Pick<Adapters, 'inspect'> & { readonly scaffold: typeof scaffold } = {
  inspect: (entry, options) => adapters.inspect(entry, options),
  scaffold,
};

export const compiled = async (loaded: Loaded): Promise<readonly Problem[]> => {
  if (loaded.config === null) return [];
  const { opened, failed } = await reopen(loaded.config.destinations, new Map(), adapters);
  const unopened = failed.map(({ path, message }) => problemAt(loaded, path, message));
  if (unopened.length > 0) return unopened;
  const { flaws, warnings } = compile(loaded.config, {
    revision: 0,
    opened,
    adapters,
    killed: new Set(),
    slotOf: () => 0,
    keepers: keepers(),
    breakers: noBreakers(),
    sessions: sessionsInMemory(() => 0),
    repeats: noRepeats(),
    bulkheads: noBulkheads(),
    budgets: budgets(() => 0).draft(),
    held: heldBytes(() => 0),
  });
  for (const { destination } of opened.values()) destination.close();
  return [...flaws, ...warnings].map(({ path, message, severity }) => problemAt(loaded, path, message, severity));
};
