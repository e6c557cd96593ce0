import type { Destination, DestinationSettings, Proxy } from '../adapter.ts';
import { authorizationLines } from '../auth.ts';
import { openPool } from '../wire/open-pool.ts';
import { relay, verdictByStatus } from '../wire/relay.ts';
import { retarget } from '../wire/retarget.ts';
import { httpInvoke } from './invoke.ts';
import { proxy } from './proxy.ts';

/** Any HTTP service. Nothing is connected before the first call. Rejects when a secret's file cannot be read. */
export const httpDestination = async (
  name: string,
  settings: DestinationSettings & { adapter: 'http' },
): Promise<Destination> => {
  const authorization = await authorizationLines(settings.auth);
  const pool = openPool(settings);
  const { host, origin } = new URL(settings.url);
  const own = settings.host === 'destination' ? host : null;
  const verdict = ({ status }: { status: number }) => verdictByStatus(status);
  const proxies = new Map<string, Proxy>();
  return {
    name,
    contract: null,
    files: [],
    get inFlight() {
      return pool.inFlight;
    },
    relay: (mount, { write }) => relay({ pool, write, retarget: retarget(mount, settings.url), host: own, verdict }),
    invoke: (asked) => {
      const send = relay({
        pool,
        write: asked.write,
        retarget: retarget({ path: '', iis: false }, settings.url),
        host,
        verdict,
      });
      return httpInvoke(asked, send, ['Host', host, ...authorization]);
    },
    proxy: (mount) => {
      // Kept over flips, like the pool: its agent has connections of its own.
      const key = `${mount.iis} ${mount.path}`;
      const made =
        proxies.get(key) ??
        proxy({
          destination: name,
          origin,
          retarget: retarget(mount, settings.url),
          host: own,
          timeout: settings.timeout,
          keepAlive: settings.keepAlive,
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
