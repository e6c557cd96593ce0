import test from 'ava';
import { auth } from './auth.ts';
import { AdminError } from './problem.ts';
import type { Context } from 'koa';

const from = (addresses: { localAddress: string; remoteAddress: string }, authorization = ''): Context =>
  ({ req: { socket: addresses }, get: () => authorization }) as unknown as Context;

const passes = async (context: Context): Promise<boolean> => {
  let passed = false;
  try {
    await auth('secret').mayRead(context, () => {
      passed = true;
      return Promise.resolve();
    });
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
  }
  return passed;
};

test('reading is open over loopback, in either family', async (t) => {
  t.true(await passes(from({ localAddress: '127.0.0.1', remoteAddress: '127.0.0.1' })));
  t.true(await passes(from({ localAddress: '::1', remoteAddress: '::1' })));
  t.true(await passes(from({ localAddress: '::ffff:127.0.0.1', remoteAddress: '::ffff:127.0.0.1' })));
});

test('reading from elsewhere takes the token', async (t) => {
  const elsewhere = { localAddress: '10.0.0.5', remoteAddress: '10.0.0.9' };
  t.false(await passes(from(elsewhere)));
  t.false(await passes(from(elsewhere, 'Bearer wrong')));
  t.true(await passes(from(elsewhere, 'Bearer secret')));
  t.true(await passes(from(elsewhere, 'bearer secret')));
});

test('an empty token is refused at start, for it would let everybody in', (t) => {
  t.throws(() => auth(''), { instanceOf: TypeError });
});
