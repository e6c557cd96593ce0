import type { Destination, DestinationSettings } from '../adapter.ts';
import { authorizationLines } from '../auth.ts';
import { followedLines, following } from '../wire/followed.ts';
import { forwardedLines } from '../wire/forwarded.ts';
import { both } from '../wire/header-edit.ts';
import { measured, Room } from '../wire/measured.ts';
import { openPool } from '../wire/open-pool.ts';
import { relay, verdictByStatus } from '../wire/relay.ts';
import { retarget } from '../wire/retarget.ts';
import { openTls } from '../wire/tls.ts';
import { httpInvoke } from './invoke.ts';
import { proxy, type Carrier } from './proxy.ts';

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
  const room = new Room();
  const edits = { request: settings.headers?.request ?? null, response: settings.headers?.response ?? null };
  const carriers = new Map<string, Carrier>();
  return {
    name,
    contract: null,
    files: [],
    get inFlight() {
      return pool.inFlight;
    },
    relay: (mount, { write, timeout = null, whence, headers }) => {
      const follow = following({ mount, url: settings.url, host: own, cameIn: whence.cameIn });
      const send = relay({
        pool,
        write,
        timeout,
        retarget: retarget(mount, settings.url),
        host: own,
        lines: forwardedLines({ forwarded: settings.forwarded ?? 'none', trusts: whence.trusts }),
        back: followedLines(follow),
        request: both(headers, edits.request),
        response: edits.response,
        verdict,
      });
      return settings.requestFraming === 'length' ? measured(send, room) : send;
    },
    invoke: (asked) => {
      const send = relay({
        pool,
        write: asked.write,
        timeout: asked.timeout ?? null,
        retarget: retarget({ path: '', iis: false }, settings.url),
        host,
        request: both(asked.headers ?? null, edits.request),
        verdict,
      });
      return httpInvoke(asked, send, ['Host', host, ...authorization]);
    },
    proxy: (mount, { whence, headers }) => {
      // Kept over flips, like the pool: its agent has connections of its own.
      const key = JSON.stringify(mount);
      const there = retarget(mount, settings.url);
      const { timeout, keepAlive } = settings;
      const carrier = carriers.get(key) ?? proxy({ origin, retarget: there, host: own, timeout, keepAlive, tls });
      carriers.set(key, carrier);
      const lines = forwardedLines({ forwarded: settings.forwarded ?? 'none', trusts: whence.trusts });
      const follow = following({ mount, url: settings.url, host: own, cameIn: whence.cameIn });
      return { destination: name, ...carrier({ lines, follow, request: both(headers, edits.request) }) };
    },
    close: () => {
      pool.close();
      for (const each of carriers.values()) each.close();
    },
  };
};
