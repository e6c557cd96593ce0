// `npm run demo`: a legacy SOAP service, its modern successor, the gateway between, and callers; one screen shows who answers.
// `npm run demo -- --wcf` puts the real WCF service (on Mono) in legacy's place. Ctrl-C ends everything it started.
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startLegacy } from './legacy.ts';
import { startWcf } from './legacy-wcf/start.ts';
import { startModern } from './modern.ts';
import { screen, type Shown } from './screen.ts';
import { startTraffic } from './traffic.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    wcf: { type: 'boolean', default: false },
    rate: { type: 'string', default: '50' },
    config: { type: 'string', default: 'routes.config.yaml' },
  },
});

const closers: (() => unknown)[] = [];
let ending = false;

const end = async (code: number): Promise<never> => {
  if (!ending) {
    ending = true;
    for (const close of closers.toReversed()) await close();
  }
  process.exit(code);
};

/** The usual port where it is free, so that addresses can be typed from memory; otherwise one that the system chooses. */
const freePort = (usual: number): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(usual === 0 ? 0 : freePort(0)));
    probe.listen(usual, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : usual));
    });
  });

const startGateway = async (env: Record<string, string>): Promise<ChildProcess> => {
  const child = spawn(process.execPath, ['gateway/cli/main.ts', 'serve', '--config', values.config], {
    cwd: root,
    env: { ...process.env, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr?.on('data', (bytes: Buffer) => (told += bytes.toString()));
  child.once('exit', (code) => {
    if (ending) return;
    process.stderr.write(`the gateway ended with ${code}:\n${told}`);
    void end(1);
  });
  closers.push(() => gone(child));
  return child;
};

const gone = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 8000).unref();
  });

const isReady = async (admin: string): Promise<boolean> => {
  try {
    return (await fetch(`${admin}/readyz`)).ok;
  } catch {
    return false; // not listening yet
  }
};

const ready = async (admin: string): Promise<void> => {
  for (let tries = 0; tries < 100; tries++) {
    if (await isReady(admin)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the gateway was not ready within 10 s');
};

process.once('SIGINT', () => void end(0));
process.once('SIGTERM', () => void end(0));

try {
  const legacy = values.wcf
    ? await startWcf({ port: await freePort(7001) })
    : await startLegacy({ port: await freePort(7001) });
  closers.push(() => legacy.close());
  const modern = await startModern({ port: await freePort(7002) });
  closers.push(() => modern.close());
  const [port, adminPort, healthPort] = [await freePort(8080), await freePort(9090), await freePort(8081)];
  const admin = `http://127.0.0.1:${adminPort}`;
  const token = process.env['STRANGLER_TOKEN'] ?? 'demo';
  await startGateway({
    LISTEN: `127.0.0.1:${port}`,
    ADMIN: `127.0.0.1:${adminPort}`,
    HEALTH: `127.0.0.1:${healthPort}`,
    LEGACY_URL: legacy.url,
    MODERN_URL: modern.url,
    STRANGLER_TOKEN: token,
  });
  await ready(admin);
  const client = `http://127.0.0.1:${port}/OrderService.svc`;
  const traffic = startTraffic({ url: client, rate: Number(values.rate) });
  closers.push(() => traffic.stop());
  const where: Shown = {
    kind: values.wcf ? 'WCF on Mono' : 'its twin in Node',
    client,
    admin,
    file: values.config,
    flip: `STRANGLER_TOKEN=${token} ${adminPort === 9090 ? '' : `STRANGLER_ADMIN=${admin} `}npx strangler flip orders.GetOrder 25`,
  };
  closers.push(screen(where, process.stdout));
} catch (error) {
  process.stderr.write(`the demo could not start: ${(error as Error).message}\n`);
  await end(1);
}
