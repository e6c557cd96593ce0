// Compiles the WCF service and runs it on Mono.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export interface Wcf {
  /** Address of the service, such as `http://127.0.0.1:7001/OrderService.svc`. */
  readonly url: string;
  readonly pid: number;
  /** What it said on stdout: `placed r-17` for every order placed, and so on. */
  readonly lines: readonly string[];
  /** Ends it by its id and waits until it has gone. */
  close(): Promise<void>;
}

const here = import.meta.dirname;
const cache = join(here, '../../../node_modules/.cache/strangler');
const assemblies = ['-r:System.ServiceModel', '-r:System.Runtime.Serialization'];

const sources = async (folder: string): Promise<string[]> =>
  (await readdir(folder))
    .filter((name) => name.endsWith('.cs'))
    .toSorted()
    .map((name) => join(folder, name));

const digest = async (files: readonly string[]): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
};

/** Compiles what stands in `folder` to `name`.exe, once for each content; a second caller at the same time does no harm. */
const compile = async (name: string, folder: string, references: readonly string[]): Promise<string> => {
  const files = await sources(folder);
  const target = join(cache, `${name}-${await digest([...files, ...references])}`);
  const program = join(target, `${name}.exe`);
  if (existsSync(program)) return program;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(`${target}-`);
  const copies = references.map((file) => promisify(execFile)('cp', [file, draft]));
  await Promise.all(copies);
  const uses = references.map((file) => `-r:${file}`);
  await promisify(execFile)('mcs', [
    '-langversion:7',
    ...assemblies,
    ...uses,
    `-out:${join(draft, `${name}.exe`)}`,
    ...files,
  ]);
  // Whoever came first has won; a directory that is not empty can't be replaced.
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  return program;
};

/** Path of OrderService.exe. Needs `mcs`; compiled once into node_modules/.cache. */
export const compileService = (): Promise<string> => compile('OrderService', here, []);

/** Path of a caller's program, `name`.exe, compiled from the sources in `folder` against the service's contract. */
export const compileCaller = async (name: string, folder: string): Promise<string> =>
  compile(name, folder, [await compileService()]);

/** Runs the service on `port`, 0 for any free one; resolves when it takes calls. */
export const startWcf = async ({ port, log }: { port: number; log?: (line: string) => void }): Promise<Wcf> => {
  const program = await compileService();
  const child = spawn('mono', [program, String(port)], { stdio: ['pipe', 'pipe', 'pipe'], cwd: dirname(program) });
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
      ([code]) => reject(new Error(`The WCF service ended with code ${code} before it was ready. ${errors}`)),
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
