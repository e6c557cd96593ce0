// Callers written with other people's SOAP stacks; each prints one line of JSON a call.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './gateway.ts';

export interface CallLine {
  readonly call: string;
  readonly value?: unknown;
  readonly fault?: {
    readonly type: string | null;
    readonly code: string;
    readonly message: string;
    readonly detail: Record<string, string> | null;
  };
  readonly error?: string;
}
export type Stack = 'wcf' | 'php' | 'zeep';

export interface ClientRun {
  readonly url: string;
  /** The cohort key it sends as SOAP header; null: none. */
  readonly clientId: string | null;
  readonly ids: readonly number[];
  /** Reference of the order it places; null: it only reads. */
  readonly reference: string | null;
}

const wsdl = join(root, 'examples/orders/contracts/OrderService.wsdl');
const run = promisify(execFile);

export const runClient = async (stack: Stack, { url, clientId, ids, reference }: ClientRun): Promise<CallLine[]> => {
  const args = [url, wsdl, clientId ?? '-', ids.join(','), reference ?? '-'];
  const [command, ...before] = await commandOf(stack);
  const out = await output(command!, [...before, ...args]);
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CallLine);
};

const commandOf = async (stack: Stack): Promise<string[]> => {
  if (stack === 'php') return ['php', join(root, 'test/clients/php/client.php')];
  if (stack === 'zeep') return ['/usr/bin/python3', join(root, 'test/clients/zeep/client.py')];
  return ['mono', await wcfClient()];
};

const output = (command: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${command} ended with ${code}: ${err}${out}`)),
    );
  });

/** Compiled once for each state of its source; it shares the service's own contract types, as WCF clients often do. */
const wcfClient = async (): Promise<string> => {
  const sources = [
    join(root, 'test/clients/wcf/Client.cs'),
    join(root, 'examples/orders/legacy-wcf/OrderService.cs'),
    join(root, 'examples/orders/legacy-wcf/OrderData.cs'),
    join(root, 'examples/orders/legacy-wcf/ManyLanesBinding.cs'),
  ];
  const hash = createHash('sha256');
  for (const file of sources) hash.update(readFileSync(file));
  const folder = join(root, 'test/clients/bin');
  mkdirSync(folder, { recursive: true });
  const exe = join(folder, `Client-${hash.digest('hex').slice(0, 16)}.exe`);
  if (existsSync(exe)) return exe;
  // Test files run side by side: each compiles under a name of its own, and the last to finish wins.
  const beside = `${exe}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await run('mcs', ['-langversion:7', '-main:Client', '-r:System.ServiceModel', '-r:System.Runtime.Serialization', `-out:${beside}`, ...sources]);
  renameSync(beside, exe);
  return exe;
};
