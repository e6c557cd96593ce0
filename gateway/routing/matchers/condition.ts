import type { Arrival } from '../../table/table.ts';

/** One condition of a route, compiled. The more of them a route has, the more specific it is. */
export type Condition = (arrival: Arrival) => boolean;
