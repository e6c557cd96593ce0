// THE PATH OF ONE CONFIG CHANGE.
import type { Adapters, Lease } from '../adapters/adapter.ts';
import { load, problemAt, type Loaded } from './config/load.ts';
import { restartKeys } from './config/restart-keys.ts';
import type { Config } from './config/settle.ts';
import type { Env } from './config/substitute.ts';
import type { Events, GatewayEvent, Problem } from './events.ts';
import type { Keepers } from './admission/keepers.ts';
import type { Repeats } from './guard/again/repeats.ts';
import type { Breakers } from './guard/breakers.ts';
import type { Budgets } from './forward/budget.ts';
import type { Bulkheads } from './guard/bulkheads.ts';
import { weightChanges } from './table/changes.ts';
import { compile } from './table/compile.ts';
import type { Flaw } from './table/making.ts';
import { reopen, retire, type OpenedByName } from './table/destinations.ts';
import type { Tables } from './table/swap.ts';
import type { Table } from './table/table.ts';
import type { Sessions } from './traffic/sessions.ts';
import type { Slots } from './telemetry/slots.ts';

export interface Flipping {
  readonly files: readonly string[];
  readonly env: Env;
  /** Said when it was started; null: the file says which, if any. */
  readonly killFile: string | null;
  readonly adapters: Adapters;
  readonly tables: Tables;
  readonly slots: Slots;
  readonly keepers: Keepers;
  readonly breakers: Breakers;
  readonly sessions: Sessions;
  readonly repeats: Repeats;
  readonly bulkheads: Bulkheads;
  readonly budgets: Budgets;
  readonly held: Lease;
  readonly events: Events;
  /** What is killed at this moment: `*`, routes, `route.operation`. */
  readonly killed: () => ReadonlySet<string>;
  readonly now: () => number;
}

export interface Flips {
  /** What was read last, good or bad. */
  readonly loaded: Loaded | null;
  /** What serves. */
  readonly config: Config | null;
  readonly opened: OpenedByName;
  /** The file is read again. Resolves with whether it was taken; flips wait for each other. */
  reload(source: 'start' | 'file'): Promise<boolean>;
  /** The last good file, compiled anew: a kill must not wait for a file that is broken just now. */
  recompile(source: 'kill' | 'unkill'): Promise<boolean>;
}

export const flips = (house: Flipping): Flips => {
  const state = {
    loaded: null as Loaded | null,
    config: null as Config | null,
    /** What the process was started with. */
    first: null as Config | null,
    waiting: [] as readonly string[],
    opened: new Map() as OpenedByName,
    revision: 0,
    text: '',
    /** What compiling has found of the table that serves. */
    warnings: [] as readonly Problem[],
  };
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => undefined); // its own caller is told
    return done;
  };

  const flip = async (config: Config, source: Swapped['source'], loaded: Loaded | null): Promise<boolean> => {
    const began = performance.now();
    // A kill takes what is open: it must not wait for a WSDL that cannot be read just now.
    const isKill = source === 'kill' || source === 'unkill';
    const { opened, failed } = isKill
      ? { opened: state.opened, failed: [] }
      : await reopen(config.destinations, state.opened, house.adapters, (destination, message) =>
          house.events.emit({ type: 'destination-warned', at: house.now(), destination, message }),
        );
    const breakers = house.breakers.draft();
    const bulkheads = house.bulkheads.draft();
    const budgets = house.budgets.draft();
    const { table, flaws, warnings } = compile(config, {
      revision: state.revision + 1,
      opened,
      adapters: house.adapters,
      killed: house.killed(),
      slotOf: (route, operation) => house.slots.of(route, operation),
      keepers: house.keepers,
      breakers,
      sessions: house.sessions,
      repeats: house.repeats,
      bulkheads,
      budgets,
      held: house.held,
    });
    const text = source === 'file' || source === 'start' ? JSON.stringify([...(loaded?.text ?? [])]) : '';
    if (text !== '' && text === state.text && sameOpened(state.opened, opened)) return true; // saved, but nothing changed
    const problems = told(loaded, failed.length > 0 ? failed : flaws);
    if (table === null || problems.length > 0) return reject(problems);
    breakers.keep();
    bulkheads.keep();
    budgets.keep();
    const old = house.tables.swap(table);
    retire(state.opened, opened);
    lookAfter(opened, house);
    Object.assign(state, { config, opened, revision: table.revision, text, warnings: told(loaded, warnings) });
    announce(old, table, { source, tookMs: performance.now() - began });
    return true;
  };

  const reject = (problems: readonly Problem[]): false => {
    state.text = ''; // who takes a bad save back must be told that the file is good again
    house.events.emit({ type: 'config-rejected', at: house.now(), problems });
    return false;
  };

  const announce = (old: Table | null, table: Table, how: { source: Swapped['source']; tookMs: number }): void => {
    const changes = weightChanges(old, table);
    house.events.emit({ type: 'table-swapped', at: house.now(), revision: table.revision, changes, ...how });
    const { unclearKills } = table;
    if (unclearKills.length > 0 && unclearKills.join() !== old?.unclearKills.join())
      house.events.emit({ type: 'kill-unclear', at: house.now(), names: unclearKills });
  };

  /** Also when nothing waits any more: what was changed has been put back. */
  const tellOfRestart = (config: Config): void => {
    state.first ??= config;
    const found = restartKeys(state.first, config);
    const keys = house.killFile === null ? found : found.filter((key) => key !== 'gateway.killFile');
    if (keys.join() === state.waiting.join()) return;
    state.waiting = keys;
    house.events.emit({ type: 'restart-needed', at: house.now(), keys });
  };

  return {
    get loaded() {
      return state.loaded;
    },
    get config() {
      return state.config;
    },
    get opened() {
      return state.opened;
    },
    reload: (source) =>
      inTurn(async () => {
        const loaded = await load(house.files, house.env);
        state.loaded = loaded;
        if (loaded.config === null) return reject(loaded.problems);
        const taken = await flip(loaded.config, source, loaded);
        if (taken) tellOfRestart(loaded.config);
        const early = loaded.problems.filter(({ severity }) => severity === 'warning');
        const warnings = [...early, ...state.warnings];
        if (taken && warnings.length > 0)
          house.events.emit({ type: 'config-warned', at: house.now(), problems: warnings });
        return taken;
      }),
    recompile: (source) =>
      inTurn(async () => (state.config === null ? false : flip(state.config, source, state.loaded))),
  };
};

/** Only what serves is probed. */
const lookAfter = (opened: OpenedByName, { events, now }: Flipping): void => {
  for (const [name, { destination }] of opened)
    destination.health?.start((change) => {
      events.emit({ type: 'url-changed', at: now(), destination: name, ...change });
    });
};

type Swapped = Extract<GatewayEvent, { type: 'table-swapped' }>;

const sameOpened = (before: OpenedByName, after: OpenedByName): boolean =>
  before.size === after.size &&
  [...after].every(([name, { fingerprint }]) => before.get(name)?.fingerprint === fingerprint);

/** What only opening and compiling could find, at its place in the file. */
const told = (loaded: Loaded | null, flaws: readonly Flaw[]): Problem[] =>
  loaded === null ? [] : flaws.map(({ path, message, severity }) => problemAt(loaded, path, message, severity));
