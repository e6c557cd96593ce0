import type { Destination, DestinationSettings, Proxy } from '../adapter.ts';
import { authorizationLines } from '../auth.ts';
import { both } from '../wire/header-edit.ts';
import { measured } from '../wire/measured.ts';
import { openPool } from '../wire/open-pool.ts';
import { relay, verdictByStatus } from '../wire/relay.ts';
import { retarget } from '../wire/retarget.ts';
import { openTls } from '../wire/tls.ts';
import { httpInvoke } from './invoke.ts';
import { proxy } from './proxy.ts';

/** Any HTTP service. Nothing is connected before the first call. Rejects when a secret's file cannot be read. */
export const httpDestination = async (
  name: string,
  settings: DestinationSettings & { adapter: 'http' },
  tell: (what: string) => void,
): Promise<Destination> => {
  const authorization = await authorizationLines(settings.auth);
  const tls = await openTls(settings, tell);
  const pool = openPool(settings, tls);
  const { host, origin } = new URL(settings.url);
  const own = settings.host === 'destination' ? host : null;
  const verdict = ({ status }: { status: number }) => verdictByStatus(status);
  const edits = { request: settings.headers?.request ?? null, response: settings.headers?.response ?? null };
  const proxies = new Map<string, Proxy>();
  return {
    name,
    contract: null,
    files: [],
    get inFlight() {
      return pool.inFlight;
    },
    relay: (mount, { write, headers }) => {
      const request = both(headers, edits.request);
      const there = retarget(mount, settings.url);
      const send = relay({ pool, write, retarget: there, host: own, request, response: edits.response, verdict });
      return settings.requestFraming === 'length' ? measured(send) : send;
    },
    invoke: (asked) => {
      const send = relay({
        pool,
        write: asked.write,
        retarget: retarget({ path: '', iis: false }, settings.url),
        host,
        request: both(asked.headers ?? null, edits.request),
        verdict,
      });
      return httpInvoke(asked, send, ['Host', host, ...authorization]);
    },
    proxy: (mount, headers) => {
      // Kept over flips, like the pool: its agent has connections of its own.
      const request = both(headers, edits.request);
      const key = `${mount.iis} ${mount.path} ${JSON.stringify(request)}`;
      const made =
        proxies.get(key) ??
        proxy({
          destination: name,
          origin,
          retarget: retarget(mount, settings.url),
          host: own,
          timeout: settings.timeout,
          tls,
          request,
        });
      proxies.set(key, made);
      return made;
    },
    close: () => {
      pool.close();
      for (const each of proxies.values()) each.close();
    },
  };
};
