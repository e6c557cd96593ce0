import type { Destination, DestinationSettings } from '../adapter.ts';
import { authorizationLines } from '../auth.ts';
import { followedLines, following } from '../wire/followed.ts';
import { forwardedLines } from '../wire/forwarded.ts';
import { openPool } from '../wire/open-pool.ts';
import { relay, verdictByStatus } from '../wire/relay.ts';
import { retarget } from '../wire/retarget.ts';
import { httpInvoke } from './invoke.ts';
import { proxy, type Carrier } from './proxy.ts';

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
  const carriers = new Map<string, Carrier>();
  return {
    name,
    contract: null,
    files: [],
    get inFlight() {
      return pool.inFlight;
    },
    relay: (mount, { write, whence }) => {
      const follow = following({ mount, url: settings.url, host: own, cameIn: whence.cameIn });
      return relay({
        pool,
        write,
        retarget: retarget(mount, settings.url),
        host: own,
        lines: forwardedLines({ forwarded: settings.forwarded ?? 'none', trusts: whence.trusts }),
        back: followedLines(follow),
        verdict,
      });
    },
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
    proxy: (mount, whence) => {
      // Kept over flips, like the pool: its agent has connections of its own.
      const key = JSON.stringify(mount);
      const carrier =
        carriers.get(key) ??
        proxy({ origin, retarget: retarget(mount, settings.url), host: own, timeout: settings.timeout });
      carriers.set(key, carrier);
      const lines = forwardedLines({ forwarded: settings.forwarded ?? 'none', trusts: whence.trusts });
      const follow = following({ mount, url: settings.url, host: own, cameIn: whence.cameIn });
      return { destination: name, ...carrier({ lines, follow }) };
    },
    close: () => {
      pool.close();
      for (const each of carriers.values()) each.close();
    },
  };
};
