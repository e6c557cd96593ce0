// What does a full memory of answers take of the machine? One gateway, and so many calls of which none asks what another asked, each answer kept;
// then the heap and its buffers after a collection, and what the process takes of the machine, both less what they were before.
// node bench/cache-memory.ts [--keys 1000000] [--bound 64] [--heap MEGABYTES, as --max-old-space-size has it] [--answer BYTES]
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { figuresOf } from './parts/load.ts';
import { evaluated } from './parts/inspected.ts';
import { freePort, start } from './parts/process.ts';

const { values: flags } = parseArgs({
  options: {
    keys: { type: 'string', default: '1000000' },
    bound: { type: 'string', default: '64' },
    heap: { type: 'string' },
    answer: { type: 'string', default: '1000' },
  },
});
const root = fileURLToPath(new URL('../', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'bench-cache-memory-'));
const namespace = 'urn:addressed';
const answer = Buffer.from(
  `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><EchoResponse xmlns="${namespace}"><EchoResult>${'x'.repeat(Number(flags.answer))}</EchoResult></EchoResponse></s:Body></s:Envelope>`,
);
const legacy = createServer((req, res) => {
  req.resume().once('end', () => {
    res.writeHead(200, { 'Content-Type': 'application/soap+xml; charset=utf-8', Server: 'bench' }).end(answer);
  });
}).listen(0, '127.0.0.1');
await once(legacy, 'listening');
const [port, admin, inspector] = [await freePort(), await freePort(), await freePort()];
const route = (name: string, cache: string) =>
  `  ${name}: { match: { path: /${name} }, protocol: soap, legacy: old, operations: { Echo: { effect: read${cache} } } }`;
writeFileSync(
  join(directory, 'routes.config.yaml'),
  `gateway: { listen: '127.0.0.1:${port}', admin: '127.0.0.1:${admin}', drain: 0s, cache: { memory: ${flags.bound}mb } }
destinations:
  old: { adapter: soap, url: 'http://127.0.0.1:${(legacy.address() as AddressInfo).port}/', wsdl: '${join(root, 'test/services/addressed/Addressed.wsdl')}' }
routes:
${route('through', '')}
${route('memory', ', cache: { ttl: 1h }')}
`,
);
// Each call asks for another number.
writeFileSync(
  join(directory, 'distinct.lua'),
  `local path, n = nil, 0
function init(args) path, n = args[1], tonumber(args[2]) end
function request()
  n = n + 1
  local body = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><Echo xmlns="${namespace}"><text>' .. n .. '</text></Echo></s:Body></s:Envelope>'
  return 'POST /' .. path .. ' HTTP/1.1\\r\\nHost: bench\\r\\nContent-Type: application/soap+xml; charset=utf-8; action="${namespace}/IAddressed/Echo"\\r\\nContent-Length: ' .. #body .. '\\r\\n\\r\\n' .. body
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('FIGURES {"calls":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p99":%d,"broken":%d,"non2xx":%d}\\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
`,
);
const log = join(directory, 'gateway.log');
const gateway = start({
  name: 'gateway',
  argv: [
    process.execPath,
    `--inspect=127.0.0.1:${inspector}`,
    ...(flags.heap === undefined ? [] : [`--max-old-space-size=${flags.heap}`]),
    join(root, 'gateway/cli/main.ts'),
    'serve',
    '-c',
    join(directory, 'routes.config.yaml'),
  ],
  core: null,
  log,
  env: { LOG_LEVEL: 'warn' },
});

interface Taken {
  /** Bytes of the heap and its buffers that are of use. */
  readonly live: number;
  /** Bytes that the process takes of the machine. */
  readonly rss: number;
  readonly heapTotal: number;
}
const inMb = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);
const status = (field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${gateway.pid}/status`, 'utf8'))?.[1]) *
  1024;

try {
  const isReady = () =>
    fetch(`http://127.0.0.1:${admin}/readyz`).then(
      (reply) => reply.ok,
      () => false,
    );
  while (!(await isReady())) await sleep(200);
  const calls = async (path: string, from: number, seconds: number): Promise<number> => {
    const argv = [
      '-t1',
      '-c16',
      '--timeout',
      '60s',
      `-d${seconds}s`,
      '-s',
      join(directory, 'distinct.lua'),
      `http://127.0.0.1:${port}`,
    ];
    const { stdout } = await promisify(execFile)('wrk', [...argv, '--', path, String(from)]);
    const figures = figuresOf(stdout);
    if (figures.broken > 0 || figures.non2xx > 0) throw new Error(`calls failed: ${JSON.stringify(figures)}`);
    return figures.calls;
  };
  const taken = async (): Promise<Taken> => {
    const { heapUsed, arrayBuffers, heapTotal } = await evaluated<NodeJS.MemoryUsage>(
      inspector,
      'process.memoryUsage()',
    );
    return { live: heapUsed + arrayBuffers, rss: status('VmRSS'), heapTotal };
  };
  await calls('through', 0, 10);
  const before = await taken();
  let keys = 0;
  while (keys < Number(flags.keys)) keys += await calls('memory', keys, 20);
  const most = status('VmHWM');
  const after = await taken();
  const cache = (await (await fetch(`http://127.0.0.1:${admin}/api/v1/cache`)).json()) as {
    entries: number;
    bytes: number;
  };
  const live = after.live - before.live;
  const bound = Number(flags.bound) * 1024 * 1024;
  process.stdout.write(
    `${keys} keys, bound ${flags.bound} MB: ${cache.entries} answers, counted as ${inMb(cache.bytes)} MB; the heap and its buffers grew by ${inMb(live)} MB, ` +
      `${((live / bound) * 100).toFixed(0)} % of the bound; RSS ${inMb(before.rss)} MB before, ${inMb(most)} MB at most, ${inMb(after.rss)} MB after (heap ${inMb(after.heapTotal)} MB)\n`,
  );
} catch (error) {
  process.stderr.write(readFileSync(log, 'utf8').slice(-2000));
  throw error;
} finally {
  await gateway.stop();
  legacy.close();
  legacy.closeAllConnections();
  rmSync(directory, { recursive: true, force: true });
}
