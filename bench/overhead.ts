// One question: how much CPU does a call cost in the gateway, against nginx and against http-proxy-middleware in Koa?
// Everything in one run, because only ratios within one run mean anything. README.md has the method.
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cases, prepared } from './parts/cases.ts';
import { median, spread, table } from './parts/figures.ts';
import { burst } from './parts/load.ts';
import { profileIn } from './parts/profile.ts';
import { cpuSeconds } from './parts/process.ts';
import { gateway, hpm, nginx, upstream } from './parts/proxies.ts';
import type { Proxy } from './parts/proxies.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    starts: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    'warm-up': { type: 'string' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});
const number = (value: string | undefined, otherwise: number): number =>
  value === undefined ? otherwise : Number(value);
const plan = {
  starts: number(flags.starts, flags.quick || flags.profile ? 1 : 3),
  rounds: number(flags.rounds, flags.quick ? 1 : 3),
  seconds: number(flags.seconds, flags.quick ? 2 : 4),
  /** A program's whole warm-up, over all cases. */
  warmUp: number(flags['warm-up'], flags.quick ? 4 : 24),
  connections: Number(flags.connections),
};
const twoCores = availableParallelism() >= 2;
const cores = { proxy: twoCores ? 0 : null, rest: twoCores ? 1 : null };

const contestants = { nginx, hpm, gateway } as const;
type Name = keyof typeof contestants;
const names = (flags.only?.split(',') ?? (flags.profile ? ['gateway'] : ['nginx', 'hpm', 'gateway'])) as Name[];

interface Sample {
  readonly proxy: Name;
  readonly case: string;
  readonly start: number;
  readonly round: number;
  readonly cpuMicrosPerCall: number;
  readonly callsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

function need(program: string): void {
  const found = (process.env['PATH'] ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));
  if (found) return;
  process.stderr.write(`${program} is missing: on Debian, apt-get install nginx-light wrk util-linux\n`);
  process.exit(2);
}

/** Asks until the very reply of the case comes back: a proxy that answers something else is not being measured. */
async function ready(name: string, { port, isAlive }: Proxy): Promise<void> {
  for (const { method, path, requests, reply, contentType } of cases) {
    const [head, body] = requests[0]!.split('\r\n\r\n') as [string, string];
    const target = head.split(' ')[1] ?? path;
    const lines = head.split('\r\n').slice(1);
    const headers = lines
      .map((line) => line.split(': ') as [string, string])
      .filter(([key]) => !/^(host|content-length)$/i.test(key));
    const ask = async (): Promise<string> => {
      const init = { method, headers, ...(method === 'POST' ? { body } : {}) };
      const response = await fetch(`http://127.0.0.1:${port}${target}`, init);
      return response.headers.get('content-type')?.startsWith(contentType.split(';')[0]!)
        ? response.text()
        : `${response.status}`;
    };
    let last: unknown = 'nothing';
    const giveUp = Date.now() + 20_000;
    while (Date.now() < giveUp && last !== reply && isAlive()) {
      last = await ask().catch((error: Error) => `${error.message}: ${String(error.cause)}`);
      if (last !== reply) await sleep(100);
    }
    if (last !== reply) throw new Error(`${name} does not relay ${method} ${target}: ${String(last).slice(0, 400)}`);
  }
}

async function callsAt(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/calls`)).text();
  return Number(/\n\s*\d+\s+\d+\s+(\d+)/.exec(text)?.[1]);
}

const directory = mkdtempSync(join(tmpdir(), 'overhead-'));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<void> {
  for (const program of ['nginx', 'wrk', 'taskset']) need(program);
  const cli = fileURLToPath(new URL('../gateway/cli/main.ts', import.meta.url));
  if (names.includes('gateway') && !existsSync(cli)) throw new Error(`${cli} is not there: nothing to measure`);
  const requests = cases.map((_, index) => prepared(directory, index));
  const behind = await upstream({ directory, core: cores.rest });
  const samples: Sample[] = [];
  try {
    await ready('the upstream', behind);
    for (let at = 1; at <= plan.starts; at++) samples.push(...(await oneStart(at, behind.port, requests)));
  } finally {
    await behind.stop();
  }
  report(samples);
  if (flags.json !== undefined)
    writeFileSync(flags.json, `${JSON.stringify({ plan, machine: machine(), samples }, null, 2)}\n`);
}

type Requests = ReturnType<typeof prepared>;

/** Every contestant started afresh, warmed up, and measured in turn, round by round. */
async function oneStart(at: number, to: number, requests: readonly Requests[]): Promise<Sample[]> {
  const running = new Map<Name, Proxy>();
  const samples: Sample[] = [];
  try {
    for (const name of names) {
      const nodeOptions = flags.profile ? ['--cpu-prof', `--cpu-prof-dir=${directory}`] : [];
      running.set(name, await contestants[name](to, { directory, core: cores.proxy, nodeOptions }));
      await ready(name, running.get(name)!);
    }
    for (const [name, proxy] of running) {
      say(`start ${at} of ${plan.starts}: warming up ${name}`);
      const seconds = Math.max(1, Math.round((name === 'nginx' ? 2 : plan.warmUp) / requests.length));
      for (const each of requests) await load(proxy, each, seconds);
    }
    for (let round = 1; round <= plan.rounds; round++) {
      for (const [index, each] of requests.entries()) {
        for (const [name, proxy] of running) {
          const sample = await measure({ name, proxy, requests: each, index, to });
          samples.push({ ...sample, start: at, round });
          say(
            `start ${at} round ${round}: ${name.padEnd(8)} ${sample.cpuMicrosPerCall.toFixed(1)} µs  ${cases[index]!.name}`,
          );
        }
      }
    }
  } finally {
    for (const proxy of running.values()) await proxy.stop();
  }
  return samples;
}

async function load(proxy: Proxy, requests: Requests, seconds: number) {
  const figures = await burst({ port: proxy.port, requests, seconds, connections: plan.connections, core: cores.rest });
  truncateSync(proxy.log);
  return figures;
}

interface Measurement {
  readonly name: Name;
  readonly proxy: Proxy;
  readonly requests: Requests;
  readonly index: number;
  readonly to: number;
}

async function measure({ name, proxy, requests, index, to }: Measurement): Promise<Omit<Sample, 'start' | 'round'>> {
  const [calls, cpu] = [await callsAt(to), cpuSeconds(proxy.pid)];
  const figures = await load(proxy, requests, plan.seconds);
  const used = cpuSeconds(proxy.pid) - cpu;
  const arrived = (await callsAt(to)) - calls;
  // Calls under way when the load stops are counted behind the proxy and not before it; more than those must not differ.
  if (Math.abs(arrived - figures.calls) > 2 * plan.connections + 10) {
    throw new Error(`${name}: ${figures.calls} calls were answered, but ${arrived} arrived behind it`);
  }
  return {
    proxy: name,
    case: cases[index]!.name,
    cpuMicrosPerCall: (used / figures.calls) * 1e6,
    callsPerSecond: figures.calls / (figures.microseconds / 1e6),
    p50: figures.p50,
    p99: figures.p99,
  };
}

function machine(): string {
  return `Node ${process.version}, ${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown processor'}`;
}

function report(samples: readonly Sample[]): void {
  const rows = [['', 'µs CPU a call', 'min–max', '× nginx', '× hpm', 'calls/s', 'p50 ms', 'p99 ms']];
  for (const { name } of cases) {
    const of = (proxy: Name): Sample[] => samples.filter((sample) => sample.case === name && sample.proxy === proxy);
    const cpu = (proxy: Name): number[] => of(proxy).map((sample) => sample.cpuMicrosPerCall);
    const against = (mine: number, other: Name): string =>
      cpu(other).length > 0 ? (mine / median(cpu(other))).toFixed(2) : '–';
    rows.push([name]);
    for (const proxy of names) {
      const figures = spread(cpu(proxy));
      const middle = (key: 'callsPerSecond' | 'p50' | 'p99'): number => median(of(proxy).map((sample) => sample[key]));
      rows.push([
        `  ${proxy}`,
        figures.median.toFixed(1),
        `${figures.min.toFixed(1)}–${figures.max.toFixed(1)}`,
        against(figures.median, 'nginx'),
        against(figures.median, 'hpm'),
        middle('callsPerSecond').toFixed(0),
        (middle('p50') / 1000).toFixed(2),
        (middle('p99') / 1000).toFixed(2),
      ]);
    }
  }
  const how = `${plan.starts} starts × ${plan.rounds} rounds of ${plan.seconds} s, ${plan.connections} connections`;
  process.stdout.write(`${machine()}; ${how}; medians\n\n${table(rows)}\n`);
  const profile = flags.profile ? profileIn(directory) : null;
  for (const { where, share } of profile?.slice(0, 40) ?? []) {
    process.stdout.write(`${(share * 100).toFixed(1).padStart(5)} %  ${where}\n`);
  }
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  if (flags.profile) say(`profiles are in ${directory}`);
  else rmSync(directory, { recursive: true, force: true });
}
