// Where routes lead, as addresses: what metadata that names another service of the same host is to be told by.
import type { Entrance, Mount } from '../../adapters/adapter.ts';
import type { Config, RouteSettings } from '../config/settle.ts';

/** What of a path a route covers. */
export const mountOf = ({ match, rewrite }: RouteSettings): Mount => ({
  path: match.path.replace(/\/\*\*$/, ''),
  iis: match.iis,
  rewrite,
});

/** Null: there is no legacy, or it is not asked over the network. */
export const entranceOf = (settings: RouteSettings, { destinations }: Config): Entrance | null => {
  const legacy = destinations.get(settings.legacy ?? '');
  return legacy === undefined || !('url' in legacy) ? null : { mount: mountOf(settings), url: legacy.url };
};

/** By host of the legacy's url, port included: those of routes that ask for nothing but a path and take what is below it. */
export const entrancesOf = (config: Config): ReadonlyMap<string, readonly Entrance[]> => {
  const all = new Map<string, Entrance[]>();
  for (const settings of config.routes.values()) {
    const entrance = asksForPath(settings) ? entranceOf(settings, config) : null;
    if (entrance === null) continue;
    const { host } = new URL(entrance.url);
    all.set(host, [...(all.get(host) ?? []), entrance]);
  }
  return all;
};

const asksForPath = ({ match }: RouteSettings): boolean => {
  const { path, iis, host, methods, headers, query, contentType } = match;
  if (host !== null || methods !== null || contentType !== null) return false;
  return headers.length === 0 && query.length === 0 && (iis || path.endsWith('/**'));
};
