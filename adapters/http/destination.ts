import type { Destination, DestinationSettings } from '../adapter.ts';
import { authorizationLines } from '../auth.ts';
import { followedLines, followingAll } from '../wire/followed.ts';
import { forwardedLines } from '../wire/forwarded.ts';
import { both } from '../wire/header-edit.ts';
import { measured, Room } from '../wire/measured.ts';
import { openConnections, type Way } from '../wire/open-connections.ts';
import { askingPath, probing } from '../wire/probing.ts';
import { relay, verdictByStatus } from '../wire/relay.ts';
import { retarget } from '../wire/retarget.ts';
import { httpInvoke } from './invoke.ts';
import { proxy, type Carrier } from './proxy.ts';

/** Any HTTP service. Nothing is connected before the first call. Rejects when a secret's file cannot be read. */
export const httpDestination = async (
  name: string,
  settings: DestinationSettings & { adapter: 'http' },
  tell: (what: string) => void,
): Promise<Destination> => {
  const authorization = await authorizationLines(settings.auth);
  const { connections: pool, ways, origins, outOfFiles } = await openConnections(settings, tell);
  const { health } = settings;
  if (origins !== null && health?.path !== undefined) {
    const { path, expect = ['2xx'] } = health;
    const edit = settings.headers?.request ?? null;
    probing({ origins, ways, settings, health }, askingPath({ path, expect, lines: authorization, edit }));
  }
  const { host } = new URL(settings.url);
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
    health: origins,
    relay: (mount, { write, timeout = null, whence, headers, affinity = null }) => {
      const follow = followingAll(ways, { mount, host: own, cameIn: whence.cameIn });
      const send = relay({
        pool,
        affinity,
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
      const { forwarded = 'none' } = settings;
      return httpInvoke(asked, { send, lines: ['Host', host, ...authorization], forwarded });
    },
    proxy: (mount, { whence, headers }) => {
      // Kept over flips, like the pool: its agent has connections of its own.
      const there = retarget(mount, settings.url);
      const { timeout, connectTimeout, keepAlive } = settings;
      const carrierTo = ({ url, tls }: Way, i: number): Carrier => {
        const key = JSON.stringify([url, mount]);
        const { origin, host: its } = new URL(url);
        const asked = own === null ? null : its;
        const carrier =
          carriers.get(key) ??
          proxy({
            origin,
            retarget: there,
            host: asked,
            timeout,
            connectTimeout,
            keepAlive,
            tls,
            vitals: origins?.all[i]?.vitals ?? null,
            outOfFiles,
          });
        carriers.set(key, carrier);
        return carrier;
      };
      const lines = forwardedLines({ forwarded: settings.forwarded ?? 'none', trusts: whence.trusts });
      const follow = followingAll(ways, { mount, host: own, cameIn: whence.cameIn });
      const passing = { lines, follow, request: both(headers, edits.request) };
      const carried = ways.map((way, i) => carrierTo(way, i)(passing));
      // Calls of a route to several urls go by our relay; what comes here are upgrades.
      const next = () => carried[origins === null ? 0 : origins.all.indexOf(origins.choose(null, null))]!;
      return {
        destination: name,
        carry: (req, res) => next().carry(req, res),
        upgrade: (req, socket, head, instead) => next().upgrade(req, socket, head, instead),
        close: () => carried.forEach((one) => one.close()),
      };
    },
    close: () => {
      pool.close();
      for (const each of carriers.values()) each.close();
    },
  };
};
