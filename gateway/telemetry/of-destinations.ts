// What open destinations say of themselves, by name.
import type { Destination, UrlHealth } from '../../adapters/adapter.ts';

type Opened = ReadonlyMap<string, { readonly destination: Destination }>;

/** Calls under way, and those of them that are over for whoever asked; null: there can be none of these. */
export const inFlight = function* (opened: Opened): Iterable<readonly [string, number, number | null]> {
  for (const [name, { destination }] of opened) yield [name, destination.inFlight, destination.overdue ?? null];
};

export const urls = function* (opened: Opened): Iterable<readonly [string, UrlHealth]> {
  for (const [name, { destination }] of opened) for (const one of destination.health?.urls ?? []) yield [name, one];
};
