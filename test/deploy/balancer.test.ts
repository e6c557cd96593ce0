// deploy/nginx.conf run by a real nginx, with two stand-ins for the gateways. It listens on a socket in a folder of its own.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { read } from './files.ts';
import { testWith } from './program.ts';

const withNginx = testWith('nginx', 'nginx-light');

interface Gateway {
  readonly port: number;
  /** Connections that were opened. */
  connections: number;
  calls: number;
  close(): Promise<void>;
}

async function gateway(t: ExecutionContext, listener: RequestListener): Promise<Gateway> {
  const server = createServer((incoming, reply) => {
    self.calls += 1;
    listener(incoming, reply);
  });
  server.on('connection', () => (self.connections += 1));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const self: Gateway = { port: (server.address() as AddressInfo).port, connections: 0, calls: 0, close };
  t.teardown(close);
  return self;
}

const configure = (directory: string, ports: readonly [number, number]): string =>
  read('deploy/nginx.conf')
    .replace('gateway-1:8080', `127.0.0.1:${ports[0]}`)
    .replace('gateway-2:8080', `127.0.0.1:${ports[1]}`)
    .replace('listen 8080 backlog=1024;', `listen unix:${directory}/balancer;`)
    .replaceAll(' /tmp/', ` ${directory}/`);

function folder(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'balancer-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  return directory;
}

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer;
}
interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Starts the balancer; answers how to ask it. */
async function balancer(t: ExecutionContext, nginx: string, ports: readonly [number, number]) {
  const directory = folder(t);
  const conf = join(directory, 'nginx.conf');
  writeFileSync(conf, configure(directory, ports));
  const argv = ['-c', conf, '-p', directory, '-e', 'stderr', '-g', 'daemon off;'];
  const child = spawn(nginx, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  t.teardown(async () => {
    if (child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  });
  const socketPath = join(directory, 'balancer');
  while (!existsSync(socketPath)) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${errors.join('')}`);
    await sleep(20);
  }
  return async ({ method = 'GET', path = '/', headers = {}, body }: Asked = {}): Promise<Answered> => {
    const call = request({ socketPath, method, path, headers: { host: 'orders.example:8080', ...headers } });
    call.end(body);
    const [reply] = (await once(call, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of reply) chunks.push(chunk as Buffer);
    return { status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
  };
}

const hello: RequestListener = (_incoming, reply) => void reply.end('hello');
const tell: RequestListener = ({ headers, url }, reply) => void reply.end(JSON.stringify({ headers, url }));
const size: RequestListener = (incoming, reply) => {
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => (bytes += chunk.length));
  incoming.once('end', () => reply.end(String(bytes)));
};
const breaks: RequestListener = (incoming) => void incoming.resume().once('end', () => incoming.socket.destroy());

withNginx('nginx finds nothing wrong with its configuration', async (t, nginx) => {
  const directory = folder(t);
  const conf = join(directory, 'nginx.conf');
  writeFileSync(conf, configure(directory, [1, 2]));
  await t.notThrowsAsync(promisify(execFile)(nginx, ['-t', '-c', conf, '-p', directory, '-e', 'stderr']));
});

withNginx('calls are spread over both gateways, on connections that are kept', async (t, nginx) => {
  const [one, two] = [await gateway(t, hello), await gateway(t, hello)];
  const ask = await balancer(t, nginx, [one.port, two.port]);
  for (let i = 0; i < 40; i++) t.is((await ask()).text, 'hello');
  t.deepEqual([one.calls, two.calls], [20, 20]);
  t.true(one.connections <= 2 && two.connections <= 2, `${one.connections} and ${two.connections} connections`);
});

withNginx('a gateway learns where the client came in and from where', async (t, nginx) => {
  const { port } = await gateway(t, tell);
  const ask = await balancer(t, nginx, [port, port]);
  const headers = { 'x-forwarded-for': '198.51.100.7', client_id: 'c-1', 'x-empty': '' };
  const { text } = await ask({ path: '/a//b/%2F?q=%C3%BC', headers });
  const seen = JSON.parse(text) as { headers: Record<string, string>; url: string };
  t.is(seen.url, '/a//b/%2F?q=%C3%BC');
  t.is(seen.headers['host'], 'orders.example:8080');
  t.is(seen.headers['x-forwarded-host'], 'orders.example:8080');
  t.is(seen.headers['x-forwarded-proto'], 'http');
  t.true(seen.headers['x-forwarded-for']?.startsWith('198.51.100.7, '));
  t.is(seen.headers['client_id'], 'c-1');
  t.is(seen.headers['connection'], undefined);
});

withNginx('a body of several megabytes goes through as it is', async (t, nginx) => {
  const { port } = await gateway(t, size);
  const ask = await balancer(t, nginx, [port, port]);
  t.deepEqual(await ask({ method: 'POST', body: Buffer.alloc(5_000_000) }), { status: 200, text: '5000000' });
});

withNginx('no call is lost while one of the gateways is gone', async (t, nginx) => {
  const [one, two] = [await gateway(t, hello), await gateway(t, hello)];
  const ask = await balancer(t, nginx, [one.port, two.port]);
  await ask();
  await ask();
  await one.close();
  // nginx learns of a closed connection by using it; a read may then be asked elsewhere, a POST could not.
  t.deepEqual([(await ask()).status, (await ask()).status], [200, 200]);
  for (let i = 0; i < 20; i++) {
    t.is((await ask({ method: 'POST', body: Buffer.from('order') })).status, 200);
  }
  t.is(two.calls, 23);
});

withNginx('a POST that a gateway may have acted on is never sent to the other', async (t, nginx) => {
  const [one, two] = [await gateway(t, breaks), await gateway(t, breaks)];
  const ask = await balancer(t, nginx, [one.port, two.port]);
  t.is((await ask({ method: 'POST', body: Buffer.from('order') })).status, 502);
  t.is(one.calls + two.calls, 1);
});
