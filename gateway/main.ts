// The order of a start and of an end: build once, make the first flip, listen, watch; then drain.
import { readFile } from 'node:fs/promises';
import { adapters } from '../adapters/index.ts';
import { tokenOf, type Token } from './admin/token.ts';
import { cache } from './cache/cache.ts';
import { sharing } from './cache/sharing.ts';
import { RefusedFile, refusals } from './config/refused-file.ts';
import { longestWait } from './config/longest-wait.ts';
import { watch } from './config/watch.ts';
import { watched } from './config/watched.ts';
import { readCertificates } from './front/certificates.ts';
import { listen } from './front/listen.ts';
import { trusted } from './front/trusted.ts';
import { watchCertificates } from './front/watched-certificates.ts';
import { deadlines } from './guard/time/deadlines.ts';
import { killSwitch, type KillSwitch } from './kill-switch.ts';
import { closing } from './lib/closing.ts';
import { tooFewFiles } from './lib/open-files.ts';
import { every, wait } from './lib/timers.ts';
import { make, type GatewayOptions, type Made } from './made.ts';
import { ops as opsSide } from './ops.ts';
import { server } from './server.ts';
import { openState } from './state/open-state.ts';

export interface Gateway {
  /** Where it listens, as `host:port`; null: no such listener. */
  readonly addresses: { readonly listen: string; readonly admin: string; readonly health: string | null };
  readonly token: Token;
  /** All to legacy, and back. */
  toggleKill(): Promise<void>;
  /** The file is read again, whether or not the watcher saw it change. Resolves with whether it was taken. */
  reread(): Promise<boolean>;
  /** Drains and ends (product promise P14). Resolves when nothing is left. */
  stop(): Promise<void>;
}

/** Milliseconds that calls under way have at a stop, however short all timeouts are: answers take their time to their last byte. */
const leastForCalls = 30_000;

export const start = async (options: GatewayOptions): Promise<Gateway> => {
  let kill: KillSwitch | null = null;
  const made = make(options, () => kill?.killed ?? new Set());
  const { clocks, log, broken, events, told, flipping, guards } = made;
  const early = refusals(events);
  if (!(await flipping.reload('start'))) {
    await log.close();
    throw new RefusedFile(early());
  }
  const config = flipping.config!;
  const killing = (kill = await killSwitch({
    file: options.killFile ?? config.gateway.killFile ?? null,
    events,
    now: clocks.wall,
    changed: (more) => flipping.recompile(more ? 'kill' : 'unkill'),
  }));
  // Before it listens: a gateway that starts killed never asks modern.
  if (killing.killed.size > 0) await flipping.recompile('kill');

  const { tls: files, limits, http2, proxyProtocol } = config.gateway;
  const tls = files === undefined ? null : await readCertificates(files);
  if (tls !== null) events.emit({ type: 'certificate-taken', at: clocks.wall(), source: 'start', until: tls.until });
  const { kept, closeKept } = keeping(made, config.state, config.gateway.cache.memory);
  const front = server(
    {
      account: told.account,
      cache: kept,
      deadlines: deadlines({ ...clocks, every }),
      chance: Math.random,
      now: clocks.wall,
      current: () => made.tables.current(),
      turnedAway: made.turnedAway,
      reading: guards.held.reading,
      broken,
    },
    { tls, limits, http2, proxies: proxyProtocol ? trusted(() => flipping.config) : null },
  );
  const scarce = tooFewFiles(await readFile('/proc/self/limits', 'utf8').catch(() => ''), limits.connections);
  if (scarce !== null) log.logger.warn(scarce);
  const token = tokenOf(options.env);
  const ops = opsSide({ made, kept, token: token.value, hasHealth: config.gateway.health !== undefined });
  const closeFront = closing(front.http, { isBusy: (socket) => front.isBusy(socket) });
  const addresses = {
    listen: await listen(front.http, 'gateway.listen', config.gateway.listen),
    admin: await listen(ops.admin, 'gateway.admin', config.gateway.admin),
    health: ops.health === null ? null : await listen(ops.health, 'gateway.health', config.gateway.health!),
  };
  const stopTicking = told.start();
  const stopTidying = guards.breakers.start();
  const stopWatching = await watch(
    () => watched(flipping.loaded?.files ?? options.files, flipping.config, flipping.opened.values()),
    () => flipping.reload('file').then(() => undefined),
    { onError: broken },
  );
  const take = (found: Parameters<typeof front.certify>[0]): void => front.certify(found);
  const stopCertificates =
    files === undefined ? null : await watchCertificates({ files, take, events, now: clocks.wall, broken });

  return {
    addresses,
    token,
    toggleKill: () => killing.toggle(),
    reread() {
      events.emit({ type: 'reread', at: clocks.wall() });
      return flipping.reload('file');
    },
    async stop() {
      events.emit({ type: 'draining', at: clocks.wall() });
      front.drain();
      stopWatching();
      stopCertificates?.();
      killing.stop();
      await wait(flipping.config!.gateway.drain);
      front.endUpgraded();
      await closeFront(Math.max(leastForCalls, longestWait(flipping.config!)));
      await ops.close();
      stopTicking();
      stopTidying();
      closeKept();
      for (const { destination } of flipping.opened.values()) destination.close();
      events.emit({ type: 'stopped', at: clocks.wall() });
      await log.close();
    },
  };
};

/** Kept answers: of this process, and of all that share a state. `said`: `state:` of the file; `maxBytes`: of this process's own. */
const keeping = ({ clocks, events, broken, flipping }: Made, said: string, maxBytes: number) => {
  const { wall: now, steady } = clocks;
  const state = openState(said, events, clocks);
  let close = (): void => undefined;
  const sharedWith =
    state === null
      ? null
      : (takenBack: (tags: readonly string[]) => void) => {
          const shared = sharing({ state, now, steady, takenBack, broken });
          close = () => {
            shared.close();
            state.close();
          };
          return shared;
        };
  const longest = (): number => longestWait(flipping.config!);
  const parts = { maxBytes, adapters, now, steady, every, longestWait: longest, chance: Math.random };
  const kept = cache({ ...parts, sharedWith, broken });
  return { kept, closeKept: () => close() };
};
