import test from 'ava';
import { AdapterError, RequestError, SendError } from '../../adapters/errors.ts';
import { CallDeadline } from '../../adapters/wire/deadline.ts';
import { plainCall } from '../../test/helpers/plain-call.ts';
import type { Reply, Send, Verdict } from '../../adapters/adapter.ts';
import { Breaker } from './breaker.ts';
import { guarded } from './guarded.ts';
import { usualBreaker } from './schema.ts';

const rig = (send: Send) => {
  const of = { destination: 'new', operation: 'Get', address: '', patience: 1000, settings: usualBreaker() };
  const events = { emit: () => undefined, on: () => () => undefined };
  const breaker = new Breaker(of, { steady: () => 0, wall: () => 0, chance: () => 0, events });
  const guard = guarded(breaker, send);
  const calls = async (times: number): Promise<unknown> => {
    let last: unknown;
    for (let each = 0; each < times; each += 1)
      last = await guard(plainCall(), new CallDeadline()).catch((error: unknown) => error);
    return last;
  };
  return { breaker, calls };
};

const reply = (verdict: Verdict, over?: Reply['over']): Reply => ({
  head: { status: 200, reason: '', raw: [] },
  body: plainCall().body,
  verdict,
  ...(over === undefined ? {} : { over }),
});

const bad: readonly (readonly [string, Send])[] = [
  ['a reply that is its fault', async () => reply({ blame: 'destination', reason: 'fault' })],
  ['no connection', () => Promise.reject(new SendError('ERR_CONNECT', 'connect', 'nothing', ''))],
  ['no answer in time', () => Promise.reject(new SendError('ERR_TIMEOUT', 'timeout', 'all', ''))],
  ['an answer outside the contract', () => Promise.reject(new SendError('ERR_CONTRACT', 'contract', 'all', ''))],
  [
    'a body that breaks off after a good head',
    async () => reply({ blame: 'nobody' }, (told) => told(new AdapterError('ERR_TRUNCATED', ''))),
  ],
  [
    'a body that stops coming',
    async () => reply({ blame: 'client' }, (told) => told(new AdapterError('ERR_TIMEOUT', ''))),
  ],
];
const opens = test.macro({
  async exec(t, send: Send) {
    const { breaker, calls } = rig(send);
    await calls(19);
    t.is(breaker.state, 'closed');
    await calls(1);
    t.is(breaker.state, 'open');
    t.like(await calls(1), { code: 'ERR_BREAKER_OPEN', reached: 'nothing' });
  },
  title: (name = '') => `20 times ${name} open it`,
});
for (const [name, send] of bad) test(name, opens, send);

const harmless: readonly (readonly [string, Send])[] = [
  ['a declared fault', async () => reply({ blame: 'nobody' })],
  ['a fault of the client', async () => reply({ blame: 'client' })],
  ['a client that left', () => Promise.reject(new AdapterError('ERR_ABORTED', ''))],
  ['a client that left a handler', () => Promise.reject(new SendError('ERR_ABORTED', 'reset', 'all', ''))],
  [
    'a client that left amid the reply',
    async () => reply({ blame: 'nobody' }, (told) => told(new AdapterError('ERR_ABORTED', ''))),
  ],
  ['a client whose own body broke off', () => Promise.reject(new AdapterError('ERR_TRUNCATED', ''))],
  ['a message that does not fit', () => Promise.reject(new RequestError('', ''))],
  ['no file descriptor to connect with', () => Promise.reject(new SendError('ERR_FILES', 'connect', 'nothing', ''))],
  ['a destination that is full', () => Promise.reject(new SendError('ERR_FULL', 'full', 'nothing', ''))],
];
const moves = test.macro({
  async exec(t, send: Send) {
    const { breaker, calls } = rig(send);
    await calls(10_000);
    t.is(breaker.state, 'closed');
    t.false(breaker.isOfNote);
  },
  title: (name = '') => `10,000 times ${name} do not move it`,
});
for (const [name, send] of harmless) test(name, moves, send);

test('while it is open nobody is asked', async (t) => {
  let asked = 0;
  const { calls } = rig(() => {
    asked += 1;
    return Promise.reject(new SendError('ERR_RESET', 'reset', 'some', ''));
  });
  await calls(1000);
  t.is(asked, 20);
});
