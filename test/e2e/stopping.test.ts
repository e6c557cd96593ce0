// SIGTERM: calls under way are finished, and nobody who has asked for nothing yet keeps the process from ending.
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { authority } from '../helpers/certificates.ts';
import { where } from '../helpers/components.ts';
import { startGateway, type RunningGateway } from '../helpers/gateway.ts';
import { listen } from '../helpers/listen.ts';
import { rawClient } from '../helpers/raw-client.ts';

const portOf = (url: string) => Number(new URL(url).port);
const over = (origin: string) => `
destinations: { old: { adapter: http, url: '${origin}' } }
routes: { all: { match: { path: /** }, legacy: old, decisionHeader: true } }
`;

/** Milliseconds from SIGTERM to the end; left to node:http alone it would be 30,000 and more. */
const stopped = async (t: ExecutionContext, gateway: RunningGateway): Promise<number> => {
  const began = performance.now();
  gateway.signal('SIGTERM');
  t.is(await gateway.exited, 0);
  return performance.now() - began;
};

test('half a request head, and none at all, do not hold up the end, on any listener', async (t) => {
  const gateway = await startGateway(t, over(await listen(t, (_req, res) => res.end('hello'))));
  for (const url of [gateway.url, gateway.admin]) {
    rawClient(t, portOf(url));
    rawClient(t, portOf(url)).send('POST /x HTTP/1.1\r\nHost: x\r\nContent-Le');
    const kept = rawClient(t, portOf(url));
    kept.send('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    t.regex(await kept.until((text) => text.includes('\r\n\r\n')), /^HTTP\/1\.1 200/);
    kept.send('GET /healthz HTTP/1.1\r\nHo');
  }
  const took = await stopped(t, gateway);
  t.true(took < 10_000, `ended after ${took} ms`);
});

test('a call under way is answered whole, longer though it takes than others are waited for', async (t) => {
  const gateway = await startGateway(
    t,
    over(
      await listen(t, (req, res) => {
        req.resume();
        req.on('end', () => {
          res.write('slow ');
          setTimeout(() => res.end('but whole'), 2500);
        });
      }),
    ),
  );
  const slow = fetch(`${gateway.url}/slow`);
  const uploading = rawClient(t, portOf(gateway.url));
  uploading.send('POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab');
  const reply = await slow;
  setTimeout(() => uploading.send('cd'), 1500);
  const ended = stopped(t, gateway);
  t.is(await reply.text(), 'slow but whole');
  t.regex(await uploading.until((text) => text.includes('whole')), /but whole/);
  t.true((await ended) < 15_000);
});

const secured = where(test, 'openssl');
secured('nor does a TLS handshake that never ends', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-tls-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const own = await (await authority(folder, 'authority')).issue('localhost');
  const gateway = await startGateway(t, over('http://127.0.0.1:1'), {
    gateway: `tls: { cert: '${own.cert}', key: '${own.key}' }`,
  });
  const socket = connect(portOf(gateway.url), '127.0.0.1');
  socket.on('error', () => socket.destroy());
  t.teardown(() => socket.destroy());
  await new Promise<void>((resolve) => socket.on('connect', resolve));
  socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]));
  const took = await stopped(t, gateway);
  t.true(took < 10_000, `ended after ${took} ms`);
});
