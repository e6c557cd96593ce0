// The ledger's two services and the gateway, each a process of its own, and many routes that share them.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { root, startGateway, type RunningGateway } from '../helpers/gateway.ts';
import { faultProxy, type FaultProxy } from './fault-proxy.ts';
import type { SideName } from './ledger.ts';

export interface CountingService {
  readonly port: number;
  /** A line for each write that was carried out. */
  readonly file: string;
  signal(name: NodeJS.Signals): void;
  /** Resolves once it has ended. */
  readonly ended: () => Promise<void>;
  /** Again, on the same port, with the same file. */
  start(): Promise<void>;
}

/** A route of its own, with breakers and connections of its own. */
export interface Lane {
  readonly path: string;
  /** What its destinations are behind; null: nothing between them and the gateway. */
  readonly proxies: Readonly<Record<SideName, FaultProxy>> | null;
}

export interface LaneSettings {
  /** Percent of calls that go to modern, drawn call by call. */
  readonly weight: number;
  /** No proxy between: who ends a process ends connections, and nobody listens. */
  readonly direct?: boolean;
}

export interface ChaosRig {
  readonly gateway: RunningGateway;
  /** Of clients. */
  readonly port: number;
  readonly services: Readonly<Record<SideName, CountingService>>;
  readonly lanes: readonly Lane[];
}

export interface RigSettings {
  readonly lanes: readonly LaneSettings[];
  /** Such as `300ms`. */
  readonly timeouts: Readonly<Record<SideName, string>>;
  /** Of the services. */
  readonly flags?: readonly string[];
  /** More of each side's destinations, as a flow map has it: `maxInFlight: 8`. */
  readonly more?: Readonly<Partial<Record<SideName, string>>>;
}

type Test = Pick<ExecutionContext, 'teardown'>;

export const chaosRig = async (t: Test, settings: RigSettings): Promise<ChaosRig> => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-chaos-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const service = (side: SideName) => countingService(t, { side, folder, flags: settings.flags ?? [] });
  const services = { legacy: await service('legacy'), modern: await service('modern') };
  const lanes: Lane[] = [];
  for (const [index, { direct = false }] of settings.lanes.entries()) {
    const proxies = direct
      ? null
      : { legacy: await faultProxy(services.legacy.port), modern: await faultProxy(services.modern.port) };
    t.teardown(() => {
      proxies?.legacy.close();
      proxies?.modern.close();
    });
    lanes.push({ path: `/lane${index}`, proxies });
  }
  const gateway = await startGateway(t, fileOf(settings, services, lanes), { env: { LOG_LEVEL: 'warn' } });
  return { gateway, port: Number(new URL(gateway.url).port), services, lanes };
};

const fileOf = (settings: RigSettings, services: ChaosRig['services'], lanes: readonly Lane[]): string => {
  const url = (side: SideName, lane: Lane) => `http://127.0.0.1:${lane.proxies?.[side].port ?? services[side].port}`;
  const more = (side: SideName): string => (settings.more?.[side] === undefined ? '' : `, ${settings.more[side]}`);
  const of = (line: (lane: Lane, index: number) => string): string => lanes.map(line).join('\n');
  return `
destinations:
${of(
  (lane, index) =>
    `  legacy${index}: { adapter: soap, url: '${url('legacy', lane)}/ledger', wsdl: '${join(root, 'test/chaos/Ledger.wsdl')}', timeout: ${settings.timeouts.legacy}${more('legacy')} }
  modern${index}: { adapter: http, url: '${url('modern', lane)}', timeout: ${settings.timeouts.modern}${more('modern')} }`,
)}
routes:
${of(
  ({ path }, index) => `  lane${index}:
    match: { path: ${path} }
    protocol: soap
    legacy: legacy${index}
    modern: modern${index}
    weight: ${settings.lanes[index]!.weight}
    cohort: { header: X-Nobody-Has-It }
    operations:
      Read: { effect: read, call: 'GET /read/{number}/{size}' }
      Write: { effect: write, call: POST /write }`,
)}
`;
};

const countingService = async (
  t: Test,
  { side, folder, flags }: { side: SideName; folder: string; flags: readonly string[] },
): Promise<CountingService> => {
  const file = join(folder, `${side}.log`);
  await writeFile(file, '');
  let running = await launched(side, 0, file, flags);
  const { port } = running;
  t.teardown(() => {
    running.child.kill('SIGKILL');
    return running.ended;
  });
  return {
    port,
    file,
    signal: (name) => void running.child.kill(name),
    ended: () => running.ended,
    async start() {
      running = await launched(side, port, file, flags);
    },
  };
};

interface Launched {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ended: Promise<void>;
}

const launched = async (side: SideName, port: number, file: string, flags: readonly string[]): Promise<Launched> => {
  const script = join(root, 'test/chaos/counting-service.ts');
  const child = spawn(process.execPath, [script, side, String(port), file, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (bytes: Buffer) => resolve(Number(/ready (\d+)/.exec(bytes.toString())?.[1])));
    child.once('exit', (code) => reject(new Error(`the ${side} service ended with ${code}`)));
  });
  return { child, port: ready, ended };
};
