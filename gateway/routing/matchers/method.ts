import type { Match } from '../../table/table.ts';
import type { Condition } from './condition.ts';

/** One of several methods. Case matters (RFC 9110 §9.1), and GET does not include HEAD. */
export const method = ({ methods }: Match): readonly Condition[] => {
  if (methods === null) return [];
  const wanted = new Set(methods);
  return [(arrival) => wanted.has(arrival.method)];
};
