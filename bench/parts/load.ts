// Load: wrk, one thread, sending prepared requests in turn.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = fileURLToPath(new URL('load.lua', import.meta.url));

/** What one burst of load did; times in microseconds. */
export interface Burst {
  readonly calls: number;
  readonly microseconds: number;
  readonly bytes: number;
  readonly p50: number;
  readonly p99: number;
  /** Connections or calls that broke. */
  readonly broken: number;
  /** Answers that were not 2xx or 3xx. */
  readonly non2xx: number;
}

export interface Load {
  readonly port: number;
  readonly requests: { readonly directory: string; readonly count: number };
  readonly seconds: number;
  readonly connections: number;
  readonly core: number | null;
}

/** Writes requests to `directory`, as the Lua script reads them. */
export function prepare(directory: string, requests: readonly string[]): Load['requests'] {
  mkdirSync(directory, { recursive: true });
  requests.forEach((text, i) => writeFileSync(join(directory, `${i + 1}.http`), text));
  return { directory, count: requests.length };
}

/** One burst. Throws when any call broke or was refused: such a figure is worth nothing. */
export async function burst(load: Load): Promise<Burst> {
  const { requests, seconds, connections, port } = load;
  const pin = load.core === null ? [] : ['taskset', '-c', String(load.core)];
  const wrk = ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}`];
  const argv = [...pin, ...wrk, '--', requests.directory, String(requests.count)];
  const { stdout } = await run(argv[0]!, argv.slice(1), { timeout: (seconds + 20) * 1000 });
  const figures = figuresOf(stdout);
  if (figures.broken > 0 || figures.non2xx > 0) {
    throw new Error(`${figures.broken} calls broke and ${figures.non2xx} were not 2xx, of ${figures.calls}`);
  }
  return figures;
}

/** The JSON line that load.lua leaves in wrk's output. */
export function figuresOf(output: string): Burst {
  const line = /^FIGURES (.*)$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`wrk said nothing that could be read:\n${output}`);
  return JSON.parse(line) as Burst;
}
