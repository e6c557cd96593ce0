// THE PATH OF ONE CONFIG CHANGE.
import type { Adapters, Lease } from '../adapters/adapter.ts';
import type { Keepers } from './admission/keepers.ts';
import { problemAt, type Loaded } from './config/load.ts';
import type { Config } from './config/settle.ts';
import type { Events, GatewayEvent, Problem } from './events.ts';
import type { Repeats } from './guard/again/repeats.ts';
import { weightChanges } from './table/changes.ts';
import { compile } from './table/compile.ts';
import { lookAfter, reopen, retire, sameOpened, type OpenedByName } from './table/destinations.ts';
import { drafts, type Outliving } from './table/drafts.ts';
import type { Flaw } from './table/making.ts';
import type { Tables } from './table/swap.ts';
import type { Table } from './table/table.ts';
import type { Slots } from './telemetry/slots.ts';
import type { Sessions } from './traffic/sessions.ts';

export interface Flipping extends Outliving {
  readonly adapters: Adapters;
  readonly tables: Tables;
  readonly slots: Slots;
  readonly keepers: Keepers;
  readonly sessions: Sessions;
  readonly repeats: Repeats;
  readonly held: Lease;
  readonly events: Events;
  /** What is killed at this moment: `*`, routes, `route.operation`. */
  readonly killed: () => ReadonlySet<string>;
  readonly now: () => number;
}

type Source = Extract<GatewayEvent, { type: 'table-swapped' }>['source'];

export interface Change {
  readonly source: Source;
  readonly config: Config;
  /** Where in the files things stand. */
  readonly loaded: Loaded;
}

/** What serves, and what the next change begins with. */
export interface Serving {
  readonly revision: number;
  /** Null: nothing serves yet. */
  readonly config: Config | null;
  readonly opened: OpenedByName;
  /** Of all files; null: what serves is not all that they say. */
  readonly text: string | null;
  /** What compiling has found of it. */
  readonly warnings: readonly Problem[];
}

/** A file that does not become a table changes nothing. Must not run twice at a time. */
export const flip = async (
  house: Flipping,
  before: Serving,
  { source, config, loaded }: Change,
): Promise<Serving | { readonly problems: readonly Problem[] }> => {
  const began = performance.now();
  const text = isKill(source) ? null : textOf(loaded);
  const { opened, failed } = await open(house, before, source, config);
  if (text !== null && text === before.text && sameOpened(before.opened, opened)) return before; // saved, but nothing changed
  const guards = drafts(house);
  const revision = before.revision + 1;
  const { table, flaws, warnings } = compile(config, {
    ...house,
    ...guards,
    revision,
    opened,
    killed: house.killed(),
    slotOf: (route, operation) => house.slots.of(route, operation),
  });
  if (table === null || failed.length > 0) {
    retire(opened, before.opened);
    return { problems: told(loaded, failed.length > 0 ? failed : flaws) };
  }
  guards.keep();
  const old = house.tables.swap(table);
  retire(before.opened, opened);
  lookAfter(opened, (change) => house.events.emit({ type: 'url-changed', at: house.now(), ...change }));
  announce(house, old, table, { source, tookMs: performance.now() - began });
  return { revision, config, opened, text, warnings: told(loaded, warnings) };
};

const announce = (
  { events, now }: Flipping,
  old: Table | null,
  table: Table,
  how: { readonly source: Source; readonly tookMs: number },
): void => {
  const { revision, unclearKills: names } = table;
  events.emit({ type: 'table-swapped', at: now(), revision, changes: weightChanges(old, table), ...how });
  if (names.length > 0 && names.join() !== old?.unclearKills.join())
    events.emit({ type: 'kill-unclear', at: now(), names });
};

const isKill = (source: Source): boolean => source === 'kill' || source === 'unkill';

const textOf = ({ text }: Loaded): string => JSON.stringify([...text]);

/** A kill takes what is open: it must not wait for a WSDL that cannot be read just now. */
const open = ({ adapters, events, now }: Flipping, before: Serving, source: Source, config: Config) => {
  if (isKill(source)) return { opened: before.opened, failed: [] };
  return reopen(config.destinations, before.opened, adapters, (destination, message) =>
    events.emit({ type: 'destination-warned', at: now(), destination, message }),
  );
};

/** What only opening and compiling could find, at its place in the file. */
const told = (loaded: Loaded, flaws: readonly Flaw[]): Problem[] =>
  flaws.map(({ path, message, severity }) => problemAt(loaded, path, message, severity));
