// What goes out together, and what becomes of a call that ends while it waits for the others.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { rawClient } from '../../test/helpers/raw-client.ts';
import { answering, rawUpstream } from '../../test/helpers/raw-upstream.ts';
import { AdapterError, SendError } from '../errors.ts';
import { Arrival, replyOf } from './accept.ts';
import { CallDeadline } from './deadline.ts';
import { headCall } from './accept.ts';
import { openPool } from './open-pool.ts';
import { relay, verdictByStatus } from './relay.ts';
import { writeTogether } from './together.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('writers are called once, in order, when the turn is over; one that comes meanwhile, in the next', async (t) => {
  const called: string[] = [];
  const writer = (name: string, then = (): void => undefined) => ({
    writeNow: () => {
      called.push(name);
      then();
    },
  });
  writeTogether(writer('one', () => writeTogether(writer('three'))));
  writeTogether(writer('two'));
  await Promise.resolve();
  t.deepEqual(called, []);
  await turn();
  t.deepEqual(called, ['one', 'two']);
  await turn();
  t.deepEqual(called, ['one', 'two', 'three']);
});

/** The first call of a server's own client. */
const arrived = async (t: ExecutionContext) => {
  const first = Promise.withResolvers<Arrival>();
  const server = createServer((req, res) => first.resolve(new Arrival(req, res, { waits: false })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const client = rawClient(t, (server.address() as AddressInfo).port);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return { client, arrival: await first.promise };
};

test('an answer that is cut before it was written gives up what it holds, and nothing of it is sent', async (t) => {
  const { client, arrival } = await arrived(t);
  let discarded = 0;
  const delivered = arrival.respond({ ...replyOf(200, 'OK', []), discard: () => void (discarded += 1) });
  arrival.expire(new AdapterError('ERR_DEADLINE', 'the time is over'));
  t.is(await delivered, 'cut');
  await turn();
  t.is(discarded, 1);
  t.is(await client.until(() => client.ended), '');
});

test('an answer that cannot be written is told to whoever gave it, and to nobody else', async (t) => {
  const { arrival } = await arrived(t);
  const bad = replyOf(200, 'OK', ['X-Bad', 'a\nb']);
  await t.throwsAsync(arrival.respond(bad), { code: 'ERR_INVALID_CHAR' });
});

test('of a call that ends before its first bytes went out nothing is sent, and a write may go elsewhere', async (t) => {
  const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  const upstream = await rawUpstream(t, answering(ok));
  const url = `http://127.0.0.1:${upstream.port}`;
  const pool = openPool({ url, connectTimeout: 1000, timeout: 60_000, keepAlive: true }, null);
  t.teardown(() => pool.close());
  const send = relay({
    pool,
    write: true,
    retarget: (target) => target,
    host: null,
    verdict: ({ status }) => verdictByStatus(status),
  });
  const call = (target: string) => ({
    ...headCall({ method: 'POST', url: target, rawHeaders: ['Host', 'x'], socket: {} } as never),
  });
  const ask = async (target: string, deadline: CallDeadline) => {
    const reply = await send(call(target), deadline);
    return await reply.body.whole(10, deadline);
  };
  t.is((await ask('/first', new CallDeadline())).toString(), 'ok');
  const deadline = new CallDeadline();
  const second = ask('/second', deadline);
  await Promise.resolve();
  deadline.end(new AdapterError('ERR_DEADLINE', 'the time is over'));
  const error = await t.throwsAsync(second, { instanceOf: SendError });
  t.is(error.reached, 'nothing');
  await turn();
  t.is((await ask('/third', new CallDeadline())).toString(), 'ok');
  t.notRegex(upstream.connections.join(), /second/);
});
