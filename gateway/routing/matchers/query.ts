import { queryValue } from '../../lib/query.ts';
import type { Match } from '../../table/table.ts';
import type { Condition } from './condition.ts';

/** Query parameters that must be there, decoded, with this value or any. Of doubled parameters the first counts. */
export const query = (match: Match): readonly Condition[] =>
  match.query.map(({ name, value }) =>
    value === null
      ? (arrival) => queryValue(arrival.target, name) !== null
      : (arrival) => queryValue(arrival.target, name) === value,
  );
