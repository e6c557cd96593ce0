import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/gateway.ts';
import { isWhole, rawUpstream } from '../helpers/raw-upstream.ts';
import { faultProxy, type Fault, type Harm } from './fault-proxy.ts';

const request = 'POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789';
const reply = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';

interface Met {
  readonly got: string;
  /** How it was over; `open`: it was not. */
  readonly over: 'open' | 'end' | 'ECONNRESET';
}

/** The second call on a connection meets the fault. Answers what caller and called saw of it. */
const meet = async (t: ExecutionContext, fault: Fault): Promise<Met & { arrived: string }> => {
  const upstream = await rawUpstream(t, (socket, soFar) => {
    const calls = soFar.split('POST').length - 1;
    if (isWhole(soFar.slice(soFar.lastIndexOf('POST')))) socket.write(reply.repeat(calls > 2 ? 0 : 1));
  });
  const proxy = await faultProxy(upstream.port);
  t.teardown(() => proxy.close());
  proxy.plan = ({ nth }) => (nth === 1 ? fault : null);
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  t.teardown(() => socket.destroy());
  let got = '';
  let over: Met['over'] = 'open';
  socket.on('data', (bytes) => (got += bytes.toString('latin1')));
  socket.on('end', () => (over = 'end'));
  socket.on('error', () => (over = 'ECONNRESET'));
  socket.write(request);
  await eventually(() => got === reply);
  got = '';
  socket.write(request);
  await eventually(() => proxy.struck === 1);
  // What must not come has time to come.
  await new Promise((resolve) => setTimeout(resolve, 60));
  return { got, over, arrived: upstream.connections[0]!.slice(request.length) };
};

const row = test.macro({
  async exec(t: ExecutionContext, harm: Harm, over: Met['over']) {
    for (const byte of [0, 1, 40, request.length]) {
      const met = await meet(t, { harm, in: 'request', byte });
      // Whoever half-closes reads on.
      t.is(met.arrived, harm.is === 'half-close' ? request : request.slice(0, byte), `request ${byte}`);
      t.is(met.got, '');
      t.is(met.over, over);
    }
    for (const byte of [0, 1, 50, reply.length]) {
      const met = await meet(t, { harm, in: 'reply', byte });
      t.is(met.arrived, request);
      t.is(met.got, reply.slice(0, byte), `reply ${byte}`);
      t.is(met.over, over);
    }
  },
  title: (_, { is }: Harm, over: Met['over']) => `${is} takes place at its byte, and the caller sees: ${over}`,
});
test(row, { is: 'reset' }, 'ECONNRESET');
test(row, { is: 'truncate' }, 'end');
test(row, { is: 'half-close' }, 'end');
test(row, { is: 'black-hole' }, 'open');

for (const harm of [
  { is: 'delay', ms: 30 },
  { is: 'drip', bytes: 7, ms: 1 },
] as const) {
  test(`${harm.is} loses nothing`, async (t) => {
    const upstream = await rawUpstream(t, (socket, soFar) => void (isWhole(soFar) && socket.write(reply)));
    const proxy = await faultProxy(upstream.port);
    t.teardown(() => proxy.close());
    proxy.plan = () => ({ harm, in: 'reply', byte: 20 });
    const socket = connect(proxy.port, '127.0.0.1');
    t.teardown(() => socket.destroy());
    let got = '';
    socket.on('data', (bytes) => (got += bytes.toString('latin1')));
    socket.write(request);
    await eventually(() => got === reply);
    // The last piece may be here before the proxy has counted it.
    await eventually(() => proxy.lengths.reply === reply.length);
    t.deepEqual(proxy.lengths, { request: request.length, reply: reply.length });
  });
}

test('somebody on the way answers, and the caller sees that and the end', async (t) => {
  const met = await meet(t, { harm: { is: 'says', text: 'busy' }, in: 'request', byte: 40 });
  t.deepEqual(met, { arrived: request.slice(0, 40), got: 'busy', over: 'end' });
});

test('a call is in flight until the last byte of its reply, or until its caller ends the connection', async (t) => {
  const upstream = await rawUpstream(t, (socket, soFar) => {
    if (soFar.startsWith('POST /now')) socket.write(reply);
  });
  const proxy = await faultProxy(upstream.port);
  t.teardown(() => proxy.close());
  const ask = (path: string) => {
    const socket = connect(proxy.port, '127.0.0.1');
    t.teardown(() => socket.destroy());
    socket.on('error', () => undefined).resume();
    socket.write(request.replace('/', path));
    return socket;
  };
  const [one, other] = [ask('/never'), ask('/never')];
  await eventually(() => proxy.inFlight.size === 2);
  ask('/now');
  await eventually(() => proxy.calls === 3 && proxy.inFlight.size === 2);
  one.end();
  await eventually(() => proxy.inFlight.size === 1);
  other.resetAndDestroy();
  await eventually(() => proxy.inFlight.size === 0);
  t.is(proxy.calls, 3);
});
