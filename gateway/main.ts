// Builds everything once, wires the two streams, makes the first flip, listens, and stops.
import { createServer } from 'node:http';
import { adapters } from '../adapters/index.ts';
import { keepers } from './admission/keepers.ts';
import { admin, healthApp } from './admin/api.ts';
import { servePage } from './admin/dashboard/serve-page.ts';
import { source } from './admin/source.ts';
import { tokenOf, type Token } from './admin/token.ts';
import { cache } from './cache/cache.ts';
import { sharing } from './cache/sharing.ts';
import type { Env } from './config/substitute.ts';
import { watch } from './config/watch.ts';
import { watched } from './config/watched.ts';
import { flips } from './flip.ts';
import { flipFile } from './flip-file.ts';
import { readCertificates } from './front/certificates.ts';
import { listen } from './front/listen.ts';
import { trusted } from './front/trusted.ts';
import { watchCertificates } from './front/watched-certificates.ts';
import { repeats as makeRepeats } from './guard/again/repeats.ts';
import { budgets as makeBudgets } from './forward/budget.ts';
import { heldBytes } from './forward/held-bytes.ts';
import { breakers as makeBreakers } from './guard/breakers.ts';
import { bulkheads as makeBulkheads } from './guard/bulkheads.ts';
import { deadlines } from './guard/time/deadlines.ts';
import { killSwitch } from './kill-switch.ts';
import { closing } from './lib/closing.ts';
import { events as eventStream } from './lib/events.ts';
import { after, every, wait } from './lib/timers.ts';
import { RefusedFile, refusals } from './config/refused-file.ts';
import { server } from './server.ts';
import { openState } from './state/open-state.ts';
import { tables as makeTables } from './table/swap.ts';
import { log as makeLog } from './telemetry/log.ts';
import { logEvents } from './telemetry/log-events.ts';
import { metrics } from './telemetry/metrics.ts';
import { inFlight, urls } from './telemetry/of-destinations.ts';
import { slots as makeSlots } from './telemetry/slots.ts';
import { turnedAwayCounts } from './telemetry/turned-away.ts';
import { telemetry } from './telemetry/telemetry.ts';
import { sessionsInMemory } from './traffic/sessions.ts';
import { version } from './version.ts';

export interface GatewayOptions {
  readonly files: readonly string[];
  readonly env: Env;
  readonly killFile: string | null;
  /** A file for log lines; standard output where nothing is said. */
  readonly logTo?: string | number;
}

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

export const start = async (options: GatewayOptions): Promise<Gateway> => {
  const clocks = { wall: () => Date.now(), steady: () => performance.now() };
  const log = makeLog({
    level: options.env['LOG_LEVEL'],
    ...(options.logTo === undefined ? {} : { to: options.logTo }),
  });
  const broken = (error: unknown) => log.logger.error({ err: error }, 'a bug of the gateway');
  const events = eventStream(broken);
  const slots = makeSlots();
  const turnedAway = turnedAwayCounts();
  const tables = makeTables();
  const breakers = makeBreakers({ ...clocks, chance: Math.random, events });
  const repeats = makeRepeats({ ...clocks, chance: Math.random, after });
  const bulkheads = makeBulkheads({ ...clocks, after, events });
  const budgets = makeBudgets(clocks.steady);
  const held = heldBytes(() => flipping.config?.gateway.limits.held ?? 0);
  const told = telemetry({ slots, events, log, clocks });
  logEvents(events, log.logger);

  let killed: () => ReadonlySet<string> = () => new Set();
  const flipping = flips({
    ...options,
    adapters,
    tables,
    slots,
    keepers: keepers(),
    breakers,
    sessions: sessionsInMemory(clocks.steady),
    repeats,
    bulkheads,
    budgets,
    held,
    events,
    killed: () => killed(),
    now: clocks.wall,
  });
  const early = refusals(events);
  if (!(await flipping.reload('start'))) {
    await log.close();
    throw new RefusedFile(early());
  }
  const config = flipping.config!;
  const killFile = options.killFile ?? config.gateway.killFile ?? null;
  const kill = await killSwitch({
    file: killFile,
    events,
    now: clocks.wall,
    changed: (more) => flipping.recompile(more ? 'kill' : 'unkill'),
  });
  killed = () => kill.killed;
  // Before it listens: a gateway that starts killed never asks modern.
  if (kill.killed.size > 0) await flipping.recompile('kill');

  const { tls: files, limits, http2, proxyProtocol } = config.gateway;
  const tls = files === undefined ? null : await readCertificates(files);
  if (tls !== null) events.emit({ type: 'certificate-taken', at: clocks.wall(), source: 'start', until: tls.until });
  const closings: (() => void)[] = [];
  const state = openState(config.state, events, clocks);
  const kept = cache({
    maxBytes: config.gateway.cache.memory,
    adapters,
    now: clocks.wall,
    steady: clocks.steady,
    chance: Math.random,
    sharedWith:
      state === null
        ? null
        : (takenBack) => {
            const shared = sharing({ state, now: clocks.wall, steady: clocks.steady, takenBack, broken });
            closings.push(
              () => shared.close(),
              () => state.close(),
            );
            return shared;
          },
    broken,
  });
  const front = server(
    {
      account: told.account,
      cache: kept,
      deadlines: deadlines({ ...clocks, every }),
      chance: Math.random,
      now: clocks.wall,
      current: () => tables.current(),
      turnedAway,
      reading: held.reading,
      broken,
    },
    { tls, limits, http2, proxies: proxyProtocol ? trusted(() => flipping.config) : null },
  );
  const measured = {
    counters: told.counters,
    slots,
    health: told.health,
    table: () => (tables.first ? null : tables.current()),
    turnedAway,
    cache: kept.memory,
    breakers: () => breakers.all,
    again: () => repeats.budgets,
    bulkheads: () => bulkheads.all,
    budgets: () => budgets.all,
    held,
    inFlight: () => inFlight(flipping.opened),
    urls: () => urls(flipping.opened),
    dropped: () => log.dropped,
  };
  const flip = flipFile({ ...options, flips: flipping, tables });
  const token = tokenOf(options.env);
  const gateway = { version, node: process.version, pid: process.pid, startedAt: clocks.wall() };
  const from = source({
    telemetry: told,
    table: () => (tables.first ? null : tables.current()),
    metrics: metrics(measured),
    events,
    flip,
    breakers,
    memory: kept.memory,
    takeBackElsewhere: (tags) => kept.takeBackElsewhere(tags),
    clocks,
    urls: () => Array.from(urls(flipping.opened), ([destination, one]) => ({ destination, ...one })),
    gateway,
  });
  const side = admin({ source: from, token: token.value, page: servePage(), unforeseen: broken });
  const adminServer = createServer(side.app.callback());
  const healthServer = config.gateway.health === undefined ? null : createServer(healthApp(from, broken).callback());
  const [closeFront, closeAdmin] = [
    closing(front.http, { isBusy: (socket) => front.isBusy(socket) }),
    closing(adminServer),
  ];
  const closeHealth = healthServer === null ? null : closing(healthServer);
  const addresses = {
    listen: await listen(front.http, config.gateway.listen),
    admin: await listen(adminServer, config.gateway.admin),
    health: healthServer === null ? null : await listen(healthServer, config.gateway.health!),
  };
  const stopTicking = told.start();
  const stopTidying = breakers.start();
  const stopWatching = await watch(
    () => watched(flipping.loaded?.files ?? options.files, flipping.config, flipping.opened.values()),
    () => flipping.reload('file').then(() => undefined),
    { onError: broken },
  );

  const stopCertificates =
    files === undefined
      ? (): void => undefined
      : await watchCertificates({
          files,
          take: (found) => front.certify(found),
          events,
          now: clocks.wall,
          broken,
        });

  return {
    addresses,
    token,
    toggleKill: () => kill.toggle(),
    reread() {
      events.emit({ type: 'reread', at: clocks.wall() });
      return flipping.reload('file');
    },
    async stop() {
      events.emit({ type: 'draining', at: clocks.wall() });
      front.drain();
      stopWatching();
      stopCertificates();
      kill.stop();
      await wait(flipping.config!.gateway.drain);
      front.endUpgraded();
      await closeFront();
      side.close();
      await Promise.all([closeAdmin(), closeHealth?.()]);
      stopTicking();
      stopTidying();
      for (const close of closings) close();
      for (const { destination } of flipping.opened.values()) destination.close();
      events.emit({ type: 'stopped', at: clocks.wall() });
      await log.close();
    },
  };
};
