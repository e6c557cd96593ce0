// Child processes of a benchmark: pinned to a core, their CPU time read from the kernel, always ended.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Kernel clock ticks a second as /proc shows them: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

export interface Running {
  readonly pid: number;
  readonly isAlive: () => boolean;
  readonly stop: () => Promise<void>;
}

export interface Command {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  /** Core to pin to; null: wherever the kernel likes. */
  readonly core: number | null;
  /** File that takes stdout; stderr goes to ours. */
  readonly log: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `command`. `taskset` replaces itself, so the pid is the program's own. */
export function start(command: Command): Running {
  const argv = command.core === null ? command.argv : ['taskset', '-c', String(command.core), ...command.argv];
  const [file, ...rest] = argv as [string, ...string[]];
  const child = spawn(file, rest, {
    stdio: ['ignore', openSync(command.log, 'a'), 'inherit'],
    env: { ...process.env, ...command.env },
  });
  child.on('error', (error) => process.stderr.write(`${command.name} did not start: ${error.message}\n`));
  if (child.pid === undefined) throw new Error(`${command.name} did not start: is ${file} installed?`);
  return { pid: child.pid, isAlive: () => !hasEnded(child), stop: () => stop(child) };
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const inTime = await Promise.race([gone.then(() => true), sleep(10_000, false, { ref: false })]);
  if (!inTime) {
    child.kill('SIGKILL');
    await gone;
  }
}

/** Seconds of CPU that a process has used, user and system, all of its threads. */
export function cpuSeconds(pid: number): number {
  return ticksOf(readFileSync(`/proc/${pid}/stat`, 'utf8')) / ticksPerSecond;
}

/** utime + stime of a /proc/PID/stat line (proc(5), fields 14 and 15). The name in field 2 may hold spaces and brackets. */
export function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** A free port below the kernel's ephemeral range, so that no client socket can be sitting on it. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port === port));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error('no free port between 10000 and 32000 after 50 tries');
}
