// Compiles the WCF service where its sources changed, and runs it on Mono.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));

export interface Wcf {
  readonly url: string;
  readonly pid: number;
  /** `placed r-17`, one line for each write that was carried out. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** The service's folder, compiled once for each state of its sources. Rejects when mcs is not there. */
export const buildWcf = async (): Promise<string> => {
  const sources = readdirSync(here).filter((file) => /\.(cs|sh)$/.test(file));
  const hash = createHash('sha256');
  for (const file of sources.toSorted((a, b) => a.localeCompare(b))) hash.update(readFileSync(join(here, file)));
  const folder = join(here, 'bin', hash.digest('hex').slice(0, 16));
  const exe = join(folder, 'OrderService.exe');
  if (existsSync(exe)) return folder;
  // Two may build at the same time: each in a folder of its own, and the result is moved whole.
  const beside = mkdtempSync(join(tmpdir(), 'order-service-'));
  await promisify(execFile)('sh', [join(here, 'build.sh'), beside]);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(beside, 'OrderService.exe'), `${exe}.${process.pid}`);
  renameSync(`${exe}.${process.pid}`, exe);
  rmSync(beside, { recursive: true, force: true });
  return folder;
};

/** Resolves once it answers. `port` 0 lets the system choose. */
export const startWcf = async (port: number): Promise<Wcf> => {
  const folder = await buildWcf();
  // Its DateTimes of kind Local are written in the machine's zone; callers in the tests use the same one.
  const child = spawn('mono', [join(folder, 'OrderService.exe'), String(port)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, TZ: 'Etc/GMT-2' },
  });
  const lines: string[] = [];
  let told = '';
  child.stderr.on('data', (bytes: Buffer) => (told += bytes.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    let rest = '';
    child.stdout.on('data', (bytes: Buffer) => {
      const parts = (rest + bytes.toString()).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        if (line.startsWith('ready ')) resolve(line.slice(6).trim());
        else lines.push(line.trim());
      }
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the WCF service ended with ${code}: ${told}`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    lines,
    close: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
};
