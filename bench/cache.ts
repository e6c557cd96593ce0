// What does an answer from memory cost, against passing the call through to legacy? The promise: for bytes that came before, at most 60 % of
// the CPU per call, and half of the answers within 1 ms of the gateway's own overhead where legacy takes 20. One gateway, two routes to one service, bursts in turn: only the ratio within one run means anything.
// node bench/cache.ts [--seconds 3] [--rounds 5] [--profile DIRECTORY]
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startLegacy } from '../examples/orders/legacy.ts';
import { median } from './parts/figures.ts';
import { burst, prepare, type Load } from './parts/load.ts';
import { cpuSeconds, freePort, start } from './parts/process.ts';

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    profile: { type: 'string' },
  },
});
const root = fileURLToPath(new URL('../', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'bench-cache-'));
const legacy = await startLegacy({ port: 0 });
/** Legacy, 20 ms later: a client that asks it directly waits as long. */
const late = createServer((req, res) => {
  setTimeout(() => {
    const asking = request(
      new URL(req.url ?? '/', legacy.url),
      { method: req.method, headers: req.headers },
      (reply) => {
        res.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
        reply.pipe(res);
      },
    );
    req.pipe(asking);
  }, 20);
}).listen(0, '127.0.0.1');
await once(late, 'listening');
const latePort = (late.address() as AddressInfo).port;
const [port, admin] = [await freePort(), await freePort()];
const wsdl = join(root, 'examples/orders/contracts/OrderService.wsdl');
const route = (name: string, cache: string, to = 'old') =>
  `  ${name}: { match: { path: /${name} }, protocol: soap, legacy: ${to}, operations: { GetOrder: { effect: read${cache} } } }`;
writeFileSync(
  join(directory, 'routes.config.yaml'),
  `gateway: { listen: '127.0.0.1:${port}', admin: '127.0.0.1:${admin}', drain: 0s }
destinations:
  old: { adapter: soap, url: '${legacy.url}', wsdl: '${wsdl}' }
  late: { adapter: soap, url: 'http://127.0.0.1:${latePort}/OrderService.svc', wsdl: '${wsdl}' }
routes:
${route('late-through', '', 'late')}
${route('late-memory', ', cache: { ttl: 1h }', 'late')}
${route('through', '')}
${route('memory', ', cache: { ttl: 1h }')}
`,
);

const namespace = 'http://contoso.example/orders';
const envelope = (n: number): string =>
  `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><ClientId xmlns="${namespace}">${'x'.repeat(600)}</ClientId></s:Header><s:Body><GetOrder xmlns="${namespace}"><orderId>${n + 1}</orderId></GetOrder></s:Body></s:Envelope>`;
const headers = {
  'Content-Type': 'text/xml; charset=utf-8',
  SOAPAction: `"${namespace}/IOrderService/GetOrder"`,
};
const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
const requests = (path: string): Load['requests'] =>
  prepare(
    join(directory, path),
    Array.from({ length: 50 }, (_, n) => {
      const body = envelope(n);
      return `POST /${path} HTTP/1.1\r\nHost: bench\r\n${lines.join('')}Content-Length: ${body.length}\r\n\r\n${body}`;
    }),
  );

const log = join(directory, 'gateway.log');
const profiling = flags.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${flags.profile}`];
const argv = [
  process.execPath,
  ...profiling,
  join(root, 'gateway/cli/main.ts'),
  'serve',
  '-c',
  join(directory, 'routes.config.yaml'),
] as const;
const gateway = start({
  name: 'gateway',
  argv,
  core: null,
  log,
  env: { LOG_LEVEL: 'warn' },
});
try {
  await sleep(3000);
  const paths = ['through', 'memory'] as const;
  const loads = new Map<string, Load['requests']>(paths.map((path) => [path, requests(path)]));
  const one = async (path: string, seconds: number): Promise<number> => {
    const before = cpuSeconds(gateway.pid);
    const { calls } = await burst({
      port,
      requests: loads.get(path)!,
      seconds,
      connections: 16,
      core: null,
    });
    return ((cpuSeconds(gateway.pid) - before) * 1e6) / calls;
  };
  /** A write to a process of another core wakes that core; on one core nobody is woken. */
  const pinTo = (cores: string): void => {
    for (const pid of [process.pid, gateway.pid])
      execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', cores, String(pid)]);
  };
  const only = flags.profile === undefined ? paths : (['memory'] as const);
  for (const path of only) await one(path, 4);
  /** One line of output: both paths in turn. */
  const compare = async (where: string): Promise<void> => {
    const took = new Map<string, number[]>(paths.map((path) => [path, []]));
    for (let round = 0; round < Number(flags.rounds); round += 1)
      for (const path of only) took.get(path)!.push(await one(path, Number(flags.seconds)));
    const [through, memory] = paths.map((path) =>
      took.get(path)!.length === 0 ? Number.NaN : median(took.get(path)!),
    );
    process.stdout.write(
      `${where}: passed through ${through!.toFixed(0)} µs of CPU a call; from memory ${memory!.toFixed(0)} µs; ${((memory! / through!) * 100).toFixed(0)} %\n`,
    );
  };
  await compare('each where the kernel likes');
  pinTo('0');
  await compare('all on one core');
  pinTo(`0-${availableParallelism() - 1}`);
  const half = async (origin: string): Promise<number> => {
    const times: number[] = [];
    for (let n = 0; n < 300; n += 1) {
      const began = performance.now();
      const reply = await fetch(origin, { method: 'POST', body: envelope(n % 50), headers });
      await reply.arrayBuffer();
      if (reply.status !== 200) throw new Error(`${origin}: ${reply.status}`);
      if (n >= 100) times.push(performance.now() - began);
    }
    return median(times);
  };
  const gatewayAt = `http://127.0.0.1:${port}`;
  const direct = await half(`http://127.0.0.1:${latePort}/OrderService.svc`);
  const passed = await half(`${gatewayAt}/late-through`);
  const kept = await half(`${gatewayAt}/late-memory`);
  process.stdout.write(
    `half of all calls, one at a time: legacy ${direct.toFixed(1)} ms; through the gateway ${passed.toFixed(1)} ms; from memory ${kept.toFixed(1)} ms\n`,
  );
} catch (error) {
  process.stderr.write(readFileSync(log, 'utf8').slice(-2000));
  throw error;
} finally {
  await gateway.stop();
  late.close();
  late.closeAllConnections();
  await legacy.close();
  rmSync(directory, { recursive: true, force: true });
}
