import type { Match } from '../../table/table.ts';
import type { Condition } from './condition.ts';

/** The media type without its parameters; its case does not matter (RFC 9110 §8.3.1). */
export const contentType = (match: Match): readonly Condition[] => {
  const wanted = match.contentType?.toLowerCase();
  if (wanted === undefined) return [];
  return [(arrival) => mediaType(arrival.header('content-type') ?? '') === wanted];
};

const mediaType = (value: string): string => {
  const parameters = value.indexOf(';');
  return (parameters === -1 ? value : value.slice(0, parameters)).trim().toLowerCase();
};
