// The host condition. Like the path, it finds routes rather than being asked of each.
import type { Arrival } from '../../table/table.ts';

/** Longer than any name in DNS, so that nobody can make us go through thousands of labels. */
const longest = 255;

/** Host a call asks for: lower case, without port and without the dot of a full name; empty where it says none that could be. */
export const hostOf = (arrival: Arrival): string => {
  const said = (arrival.header('host') ?? '').trim().toLowerCase();
  const port = said.indexOf(':', said.startsWith('[') ? said.indexOf(']') : 0);
  const host = port === -1 ? said : said.slice(0, port);
  if (host.length > longest) return '';
  return host.endsWith('.') ? host.slice(0, -1) : host;
};

/**
 * Host patterns that cover a host, the most specific first: itself, `*.example.com` for all below example.com at any depth, the
 * longer before the shorter, and null for routes that name no host.
 */
export function* hostPatterns(host: string): Generator<string | null> {
  yield host;
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) yield `*${host.slice(dot)}`;
  yield null;
}
