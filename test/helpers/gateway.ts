// The gateway as a process of its own, with a file of its own: started as a user would, ended by its pid.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Gateway {
  /** `http://host:port` of clients and of the admin side. */
  readonly url: string;
  readonly admin: string;
  readonly folder: string;
  readonly file: string;
  readonly token: string;
  /** Replaces the file as an editor does: whole, by rename. */
  save(yaml: string): Promise<void>;
  /** Access and event lines so far. */
  lines(): Record<string, unknown>[];
  /** One value of /metrics; 0 where the series is not there. */
  metric(name: string, labels?: Record<string, string>): Promise<number>;
}

export interface RunningGateway extends Gateway {
  readonly pid: number;
  readonly exited: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
}

export interface GatewaySetup {
  /** `{folder}` in them is the gateway's folder. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** More of `gateway:`, as a flow map has it: `trustedProxies: [127.0.0.1]`. */
  readonly gateway?: string;
  /** Lays out what the file needs beside it, before the start. */
  readonly prepare?: (folder: string) => Promise<void>;
}

/** Prepends listeners on ports that the system chooses. `yaml`: destinations and routes; null: `prepare` writes the file. */
export const startGateway = async (
  t: Pick<ExecutionContext, 'teardown'>,
  yaml: string | null,
  options: GatewaySetup = {},
): Promise<RunningGateway> => {
  const laid = await layOut(yaml, options);
  const { folder, file } = laid;
  const child = spawn(
    process.execPath,
    [
      join(root, 'gateway/cli/main.ts'),
      'serve',
      '--config',
      file,
      ...(options.args ?? []).map((arg) => arg.replace('{folder}', folder)),
    ],
    {
      env: envOf(options),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  });
  let out = '';
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  const { listen, admin } = await addresses(child);
  return {
    ...gatewayAt({ listen, admin }, laid, () => out),
    pid: child.pid!,
    exited,
    signal: (name) => void child.kill(name),
  };
};

export interface LaidOut {
  readonly folder: string;
  readonly file: string;
  readonly save: Gateway['save'];
}

/** A new folder with the file, and what goes beside it. */
export const layOut = async (
  yaml: string | null,
  { gateway, prepare }: Pick<GatewaySetup, 'gateway' | 'prepare'>,
): Promise<LaidOut> => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-'));
  const file = join(folder, 'routes.config.yaml');
  const whole = (text: string) => `${listeners(gateway)}\n${text}`;
  if (yaml !== null) await writeFile(file, whole(yaml));
  await prepare?.(folder);
  let saves = 0;
  const save = async (text: string): Promise<void> => {
    const beside = join(folder, `.save-${saves++}`);
    await writeFile(beside, whole(text));
    await rename(beside, file);
  };
  return { folder, file, save };
};

/** `out`: all that it has logged so far. */
export const gatewayAt = (
  { listen, admin }: { listen: string; admin: string },
  laid: LaidOut,
  out: () => string,
): Gateway => ({
  ...laid,
  url: `http://${listen}`,
  admin,
  token: 'test-token',
  lines: () =>
    out()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  metric: async (name, labels = {}) => valueOf(await (await fetch(`${admin}/metrics`)).text(), name, labels),
});

export const envOf = ({ env }: Pick<GatewaySetup, 'env'>): NodeJS.ProcessEnv => ({
  ...process.env,
  LOG_LEVEL: 'info',
  STRANGLER_TOKEN: 'test-token',
  ...env,
});

/** The line that `startGateway` begins a file with. */
export const listeners = (more = 'drain: 0s'): string =>
  `gateway: { listen: '127.0.0.1:0', admin: '127.0.0.1:0', ${more.includes('drain:') ? more : `drain: 0s, ${more}`} }`;

const addresses = (child: ChildProcess): Promise<{ listen: string; admin: string }> =>
  new Promise((resolve, reject) => {
    let told = '';
    child.stderr!.on('data', (bytes: Buffer) => {
      told += bytes.toString();
      const found = /clients on (\S+), admin on (http:\S+?)\/\n/.exec(told);
      if (found !== null) resolve({ listen: found[1]!, admin: found[2]! });
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${told}`)));
  });

/** Sum over all series that carry these labels. */
const valueOf = (text: string, name: string, labels: Record<string, string>): number => {
  let sum = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue;
    if (Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)))
      sum += Number(line.slice(line.lastIndexOf(' ')));
  }
  return sum;
};

/** Asks until it is so; fails after `ms`. Answers how long it took. */
export const eventually = async (is: () => Promise<boolean> | boolean, ms = 5000): Promise<number> => {
  const began = performance.now();
  while (performance.now() - began < ms) {
    if (await is()) return performance.now() - began;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`not so within ${ms} ms`);
};
