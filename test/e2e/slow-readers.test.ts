// A client that does not take its answer held its destination's place for as long as it liked: two of them, and a service that takes two
// calls at a time answered nobody (product promise P12).
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { authority } from '../helpers/certificates.ts';
import { where } from '../helpers/components.ts';
import { eventually } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { listen } from '../helpers/listen.ts';
import { rawClient } from '../helpers/raw-client.ts';

const size = 20 << 20;

const rig = async (t: ExecutionContext, how = '', takeTimeout = '300ms') => {
  const legacy = await listen(t, (req, res) => void req.resume().on('end', () => res.end(Buffer.alloc(size))));
  const gateway = await gatewayHere(
    t,
    `
destinations: { old: { adapter: http, url: '${legacy}', maxInFlight: 1, breaker: { minimumCalls: 1 } } }
routes: { all: { match: { path: /** }, legacy: old, operations: { GET /x: {} } } }`,
    { gateway: `limits: { takeTimeout: ${takeTimeout} }${how}` },
  );
  const inFlight = (calls: number) =>
    eventually(async () => (await gateway.metric('strangler_bulkhead_in_flight', { destination: 'old' })) === calls);
  const left = () => gateway.metric('strangler_requests_total', { outcome: 'client-left' });
  const opened = () => gateway.metric('strangler_breaker_changes_total', { state: 'open' });
  return { gateway, inFlight, left, opened, port: Number(new URL(gateway.url).port) };
};

const asking = 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n';

test('a client that takes nothing of its answer counts as one that left, and its place is free', async (t) => {
  const { inFlight, left, opened, port } = await rig(t);
  const client = rawClient(t, port);
  client.socket.pause();
  client.send(asking);
  await inFlight(1);
  await inFlight(0);
  await eventually(async () => (await left()) === 1);
  t.is(await opened(), 0);
});

test('one that takes it slowly gets all of it', async (t) => {
  const { left, port } = await rig(t, '', '1s');
  const client = rawClient(t, port);
  const sip = 1 << 20;
  let [got, wanted] = [0, sip];
  client.socket.on('data', (bytes) => {
    got += bytes.length;
    if (got >= wanted) client.socket.pause();
  });
  const began = performance.now();
  const sips = setInterval(() => {
    wanted = got + sip;
    client.socket.resume();
  }, 120);
  t.teardown(() => clearInterval(sips));
  client.send(asking);
  await eventually(() => got > size);
  t.true(performance.now() - began > 1500);
  t.is(await left(), 0);
});

const secured = where(test, 'openssl');
secured('over HTTP/2 its stream ends', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-slow-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const ca = await authority(folder, 'authority');
  const own = await ca.issue('localhost');
  const { inFlight, left, opened, port } = await rig(t, `, http2: true, tls: { cert: ${own.cert}, key: ${own.key} }`);
  const session = connect(`https://127.0.0.1:${port}`, { ca: ca.pem });
  t.teardown(() => session.destroy());
  const stream = session.request({ ':path': '/x' });
  stream.on('error', () => undefined);
  await inFlight(1);
  await inFlight(0);
  await eventually(async () => (await left()) === 1);
  t.is(await opened(), 0);
});
