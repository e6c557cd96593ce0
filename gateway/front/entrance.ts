// What the listeners hand a call to.
import type { TurnedAway } from '../events.ts';
import type { House } from '../serve.ts';
import type { Table } from '../table/table.ts';

export interface Front extends House {
  readonly current: () => Table;
  /** A bug of ours met a call; it is told nowhere else. */
  readonly broken: (error: unknown) => void;
}

export interface Entrance extends Front {
  /** Characters of a request target. */
  readonly uri: number;
}

/** What a head says of itself, by the status that it gets. */
export const headReasons: Readonly<Record<number, TurnedAway>> = {
  413: 'body',
  414: 'uri',
  431: 'header',
  508: 'loop',
};
