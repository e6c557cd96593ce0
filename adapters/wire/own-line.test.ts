import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../../test/helpers/gateway.ts';
import { KeptClient, type KeptReply } from '../../test/helpers/kept-client.ts';
import { ntlmUpstream, type NtlmUpstream } from '../../test/helpers/ntlm-upstream.ts';
import { AdapterError } from '../errors.ts';
import { Arrival } from './accept.ts';
import { openPool } from './open-pool.ts';
import { relay, verdictByStatus } from './relay.ts';

/** Our two edges, and nothing between them but that a failed call ends its client's connection. */
const rig = async (
  t: ExecutionContext,
): Promise<{ readonly legacy: NtlmUpstream; readonly port: number; readonly close: () => void }> => {
  const legacy = await ntlmUpstream(t);
  const pool = openPool({ url: legacy.url, connectTimeout: 1000, timeout: 5000, keepAlive: true }, null);
  const send = relay({
    pool,
    write: false,
    retarget: (target) => target,
    host: null,
    verdict: ({ status }) => verdictByStatus(status),
  });
  const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    const call = new Arrival(req, res, { waits: false });
    send(call, call.deadline).then(
      (reply) => call.respond(reply),
      (error: unknown) => call.cut(error as AdapterError),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    pool.close();
    server.close();
    server.closeAllConnections();
  });
  return { legacy, port: (server.address() as AddressInfo).port, close: () => pool.close() };
};

/** Both messages, as a client does that was asked for them. */
const greet = async (client: KeptClient, user: string): Promise<KeptReply | null> => {
  await client.ask('GET /a', { 'X-Caller': user, Authorization: `NTLM 1:${user}` });
  return client.ask('GET /a', { 'X-Caller': user, Authorization: `NTLM 3:${user}` });
};

test('a challenge binds: the handshake and all after it go on over the connection that it came on', async (t) => {
  const { legacy, port } = await rig(t);
  const client = new KeptClient(port);
  const asked = await client.ask('GET /a', { 'X-Caller': 'anna' });
  t.is(asked?.status, 401);
  t.regex(asked?.head ?? '', /WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM/);
  t.is((await greet(client, 'anna'))?.body, 'for anna');
  t.is((await client.ask('GET /a', { 'X-Caller': 'anna' }))?.body, 'for anna');
  t.is(legacy.made(), 1);
  t.is(legacy.known(), 1);
  const other = new KeptClient(port);
  t.is((await other.ask('GET /a', { 'X-Caller': 'nobody' }))?.body, 'for nobody');
  t.is(legacy.made(), 2);
  for (const each of [client, other]) each.end();
  await eventually(() => legacy.known() === 0);
  t.deepEqual(legacy.wrong, []);
});

test('both connections end together', async (t) => {
  const { legacy, port } = await rig(t);
  const [one, other, nobody] = [new KeptClient(port), new KeptClient(port), new KeptClient(port)];
  t.is((await greet(one, 'anna'))?.status, 200);
  t.is((await greet(other, 'bert'))?.status, 200);
  t.is((await nobody.ask('GET /a', { 'X-Caller': 'nobody' }))?.status, 200);
  one.end();
  await eventually(() => legacy.known() === 1);
  legacy.drop('bert');
  await other.closed;
  t.false(nobody.isOver);
  t.deepEqual(legacy.wrong, []);
});

test('a destination that closes after a reply closes the client’s connection with it', async (t) => {
  const { legacy, port } = await rig(t);
  const client = new KeptClient(port);
  t.is((await greet(client, 'anna'))?.status, 200);
  const last = await client.ask('GET /closing', { 'X-Caller': 'anna' });
  t.is(last?.body, 'for anna');
  t.regex(last?.head ?? '', /\r\nConnection: close/i);
  await client.closed;
  // Who is nobody yet loses nothing by it (A16).
  const nobody = new KeptClient(port);
  const reply = await nobody.ask('GET /closing', { 'X-Caller': 'nobody' });
  t.notRegex(reply?.head ?? '', /\r\nConnection: close/i);
  t.is((await nobody.ask('GET /a', { 'X-Caller': 'nobody' }))?.status, 200);
  nobody.end();
  t.deepEqual(legacy.wrong, []);
});

test('a read that meets the end of its caller’s connection is not sent on another', async (t) => {
  const { legacy, port } = await rig(t);
  const client = new KeptClient(port);
  t.is((await greet(client, 'anna'))?.status, 200);
  t.is(await client.ask('GET /dying', { 'X-Caller': 'anna' }), null);
  t.true(client.isOver);
  t.is(legacy.died, 1);
  t.deepEqual(legacy.wrong, []);
});

test('calls that a caller sends before the last is answered follow each other on one connection', async (t) => {
  const { legacy, port } = await rig(t);
  const client = new KeptClient(port);
  t.is((await greet(client, 'anna'))?.status, 200);
  const call = 'GET /a HTTP/1.1\r\nHost: x\r\nX-Caller: anna\r\n\r\n';
  t.is((await client.raw(call.repeat(5), 5))?.body, 'for anna');
  t.is(legacy.answered.known, 6);
  t.is(legacy.made(), 1);
  client.end();
  t.deepEqual(legacy.wrong, []);
});

test('a destination that is no longer the same ends its callers’ connections, once their calls are done', async (t) => {
  const { legacy, port, close } = await rig(t);
  const [client, idle] = [new KeptClient(port), new KeptClient(port)];
  t.is((await greet(idle, 'bert'))?.status, 200);
  t.is((await greet(client, 'anna'))?.status, 200);
  const last = client.ask('GET /slow', { 'X-Caller': 'anna' });
  await eventually(() => legacy.slow() === 1);
  close();
  await idle.closed;
  t.is((await last)?.body, 'for anna');
  await client.closed;
  await eventually(() => legacy.connections() === 0);
  t.deepEqual(legacy.wrong, []);
});
