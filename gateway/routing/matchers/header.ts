import type { Match } from '../../table/table.ts';
import type { Condition } from './condition.ts';

/** Headers that must be there, with this value (its case matters) or any. Of doubled headers the first counts. */
export const header = ({ headers }: Match): readonly Condition[] =>
  headers.map(({ name, value }) =>
    value === null ? (arrival) => arrival.header(name) !== null : (arrival) => arrival.header(name)?.trim() === value,
  );
