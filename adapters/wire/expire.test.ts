// A call whose time is over, at each place where it may be.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { rawClient } from '../../test/helpers/raw-client.ts';
import { rawUpstream } from '../../test/helpers/raw-upstream.ts';
import { AdapterError } from '../errors.ts';
import { Arrival, problemReply, replyOf } from './accept.ts';
import { openPool } from './open-pool.ts';
import { relay, verdictByStatus } from './relay.ts';

const over = new AdapterError('ERR_DEADLINE', 'the time is over');
const late = { status: 504, code: 'ERR_DEADLINE', message: 'Late.', blame: 'gateway' } as const;

/** Answers the arrivals of a server, in order. */
const served = async (t: ExecutionContext) => {
  const waiting: ((arrival: Arrival) => void)[] = [];
  const come: Arrival[] = [];
  const server = createServer((req, res) => {
    const arrival = new Arrival(req, res, { waits: false });
    const next = waiting.shift();
    if (next === undefined) come.push(arrival);
    else next(arrival);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const next = async (): Promise<Arrival> => come.shift() ?? (await new Promise((resolve) => waiting.push(resolve)));
  return { client: rawClient(t, (server.address() as AddressInfo).port), next };
};

test('an answer that is all here and that its client does not take is cut', async (t) => {
  const { client, next } = await served(t);
  client.socket.pause();
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const arrival = await next();
  const delivered = arrival.respond(replyOf(200, 'OK', [], Buffer.alloc(40 << 20)));
  arrival.expire(over);
  t.is(await delivered, 'cut');
});

test('a body that is still to come is waited for no longer, and its client is told and hung up on', async (t) => {
  const { client, next } = await served(t);
  client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
  const arrival = await next();
  const whole = arrival.body.whole(100, arrival.deadline);
  arrival.expire(over);
  t.like(await t.throwsAsync(whole, { instanceOf: AdapterError }), { code: 'ERR_DEADLINE' });
  const delivered = arrival.respond(problemReply(late));
  t.regex(await client.until(() => client.ended), /^HTTP\/1\.1 504 .*Connection: close\r\n.*ERR_DEADLINE/s);
  t.is(await delivered, 'complete');
});

test('a call that waits for its client’s own connection waits no longer, and does not go out', async (t) => {
  const { client, next } = await served(t);
  const upstream = await rawUpstream(t, () => undefined);
  const url = `http://127.0.0.1:${upstream.port}`;
  const pool = openPool({ url, connectTimeout: 1000, timeout: 60_000, keepAlive: true }, null);
  t.teardown(() => pool.close());
  const send = relay({
    pool,
    write: false,
    retarget: (target) => target,
    host: null,
    verdict: ({ status }) => verdictByStatus(status),
  });
  const head = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: NTLM 1\r\n\r\n`;
  client.send(head('/one') + head('/two'));
  const [one, two] = [await next(), await next()];
  const first = send(one, one.deadline);
  const second = send(two, two.deadline);
  two.expire(over);
  t.like(await t.throwsAsync(second), { code: 'ERR_DEADLINE', reason: 'timeout', reached: 'nothing' });
  one.expire(over);
  t.like(await t.throwsAsync(first), { code: 'ERR_DEADLINE', reason: 'timeout' });
  t.false(upstream.connections.join('').includes('/two'));
});
