// C# programs: compiled once for each content, and run on Mono.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const cache = join(import.meta.dirname, '../../../node_modules/.cache/strangler');

export interface Source {
  /** Of the program; with `.dll` at its end it is a library. */
  readonly name: string;
  readonly files: readonly string[];
  /** Of the framework, such as `System.ServiceModel`. */
  readonly assemblies: readonly string[];
  /** Compiled programs whose types it uses; they come to lie beside it. */
  readonly uses?: readonly string[];
}

const digest = async (files: readonly string[]): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
};

/** Path of the program, compiled into node_modules/.cache unless it is there already. Needs `mcs`. */
export const compile = async ({ name, files, assemblies, uses = [] }: Source): Promise<string> => {
  const file = name.endsWith('.dll') ? name : `${name}.exe`;
  const target = join(cache, `${basename(name, '.dll')}-${await digest([...files, ...uses])}`);
  const program = join(target, file);
  if (existsSync(program)) return program;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(`${target}-`);
  await Promise.all(uses.map((used) => cp(used, join(draft, basename(used)))));
  const references = [...assemblies, ...uses].map((reference) => `-r:${reference}`);
  const kind = file.endsWith('.dll') ? ['-target:library'] : [];
  await promisify(execFile)('mcs', ['-langversion:7', ...kind, ...references, `-out:${join(draft, file)}`, ...files]);
  // Whoever came first has won; a directory that is not empty can't be replaced.
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  return program;
};

export interface Running {
  /** What it said after `ready`. */
  readonly url: string;
  readonly pid: number;
  /** What it said on stdout besides. */
  readonly lines: readonly string[];
  /** Ends it by its id and waits until it has gone. */
  close(): Promise<void>;
}

/** Runs a service on Mono; resolves when it says `ready` and its address, rejects when it ends before. */
export const run = async (
  program: string,
  args: readonly string[] = [],
  log?: (line: string) => void,
): Promise<Running> => {
  const child = spawn('mono', [program, ...args], { stdio: ['pipe', 'pipe', 'pipe'], cwd: dirname(program) });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  let errors = '';
  child.stderr.on('data', (part: Buffer) => (errors = (errors + part).slice(-4000)));
  const output = createInterface(child.stdout);
  const ready = new Promise<string>((resolve, reject) => {
    output.on('line', (line) => {
      if (line.startsWith('ready ')) resolve(line.slice('ready '.length));
      else lines.push(line);
      log?.(line);
    });
    exited.then(
      ([code]) => reject(new Error(`${basename(program)} ended with code ${code} before it was ready. ${errors}`)),
      reject,
    );
  });
  const url = await ready;
  return {
    url,
    pid: child.pid ?? 0,
    lines,
    close: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
};
