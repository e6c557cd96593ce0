// Builds everything once, wires the two streams, makes the first flip, listens, and stops.
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { adapters } from '../adapters/index.ts';
import type { UrlHealth } from '../adapters/adapter.ts';
import { keepers } from './admission/keepers.ts';
import { admin, healthApp } from './admin/api.ts';
import { servePage } from './admin/dashboard/serve-page.ts';
import { source } from './admin/source.ts';
import { cache } from './cache/cache.ts';
import { sharing } from './cache/sharing.ts';
import { filesOf } from './config/absolute.ts';
import type { Config } from './config/settle.ts';
import type { Env } from './config/substitute.ts';
import { watch } from './config/watch.ts';
import type { Problem } from './events.ts';
import { flips } from './flip.ts';
import { flipFile } from './flip-file.ts';
import { readCertificates } from './front/certificates.ts';
import { watchCertificates } from './front/watched-certificates.ts';
import { repeats as makeRepeats } from './guard/again/repeats.ts';
import { budgets as makeBudgets } from './forward/budget.ts';
import { heldBytes } from './forward/held-bytes.ts';
import { breakers as makeBreakers } from './guard/breakers.ts';
import { bulkheads as makeBulkheads } from './guard/bulkheads.ts';
import { deadlines } from './guard/time/deadlines.ts';
import { killSwitch } from './kill-switch.ts';
import { networks } from './lib/cidr.ts';
import { closing } from './lib/closing.ts';
import { events as eventStream } from './lib/events.ts';
import { server } from './server.ts';
import { addressOf } from './state/address.ts';
import { redis } from './state/redis.ts';
import type { State } from './state/state.ts';
import { tables as makeTables } from './table/swap.ts';
import { log as makeLog } from './telemetry/log.ts';
import { logEvents } from './telemetry/log-events.ts';
import { metrics } from './telemetry/metrics.ts';
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
  /** What changing through the admin API takes, and whether it was made up at start. */
  readonly token: { readonly value: string; readonly made: boolean };
  /** All to legacy, and back. */
  toggleKill(): Promise<void>;
  /** The file is read again, whether or not the watcher saw it change. Resolves with whether it was taken. */
  reread(): Promise<boolean>;
  /** Drains and ends (product promise P14). Resolves when nothing is left. */
  stop(): Promise<void>;
}

/** The first file does not validate: nothing was started. */
export class RefusedFile extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super('the file was refused');
    this.problems = problems;
  }
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
  const state = openState(config, events, clocks);
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
    { tls, limits, http2, proxies: proxyProtocol ? trustedNow(flipping) : null },
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
    () => watched(flipping.loaded?.files ?? options.files, flipping),
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

/** Null: this process shares nothing. Nobody waits for it, at start or later. */
const openState = (
  { state }: Config,
  events: ReturnType<typeof eventStream>,
  clocks: { wall: () => number; steady: () => number },
): State | null => {
  const address = state === 'memory' ? null : addressOf(state);
  if (address === null) return null;
  const changed = (isUp: boolean, why: string) => events.emit({ type: 'state-changed', at: clocks.wall(), isUp, why });
  return redis({ address, budget: stateBudget, steady: clocks.steady, chance: Math.random, changed });
};

/** Milliseconds that a call may lose over what replicas share. */
const stateBudget = 40;

const refusals = (events: ReturnType<typeof eventStream>): (() => readonly Problem[]) => {
  let problems: readonly Problem[] = [];
  events.on((event) => {
    if (event.type === 'config-rejected') problems = event.problems;
  });
  return () => problems;
};

/** As the file has them at that moment. */
const trustedNow = (flipping: ReturnType<typeof flips>): ((address: string) => boolean) => {
  let compiled = { from: null as Config | null, trusts: networks([]) };
  return (address) => {
    const { config } = flipping;
    if (compiled.from !== config) compiled = { from: config, trusts: networks(config?.gateway.trustedProxies ?? []) };
    return compiled.trusts(address);
  };
};

const inFlight = function* (
  opened: ReturnType<typeof flips>['opened'],
): Iterable<readonly [string, number, number | null]> {
  for (const [name, { destination }] of opened) yield [name, destination.inFlight, destination.overdue ?? null];
};

const urls = function* (opened: ReturnType<typeof flips>['opened']): Iterable<readonly [string, UrlHealth]> {
  for (const [name, { destination }] of opened) for (const one of destination.health?.urls ?? []) yield [name, one];
};

/** WSDLs are watched too (decision 21), with what they import, and recorded replies. */
const watched = (files: readonly string[], { config, opened }: ReturnType<typeof flips>): readonly string[] => {
  const named = [...(config?.destinations.values() ?? [])].flatMap(filesOf);
  const imported = [...opened.values()].flatMap(({ destination }) => destination.files);
  return [...new Set([...files, ...named, ...imported])];
};

const tokenOf = (env: Env): Gateway['token'] => {
  const given = env['STRANGLER_TOKEN'];
  return given === undefined || given === ''
    ? { value: randomBytes(24).toString('base64url'), made: true }
    : { value: given, made: false };
};

const listen = (http: Server, { host, port }: { host: string; port: number }): Promise<string> =>
  new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      const bound = http.address() as AddressInfo;
      resolve(bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`);
    });
  });

/** Never keeps the process alive. */
const every = (ms: number, tick: () => void): (() => void) => {
  const timer = setInterval(tick, ms).unref();
  return () => clearInterval(timer);
};

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const after = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
