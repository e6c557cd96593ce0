import test from 'ava';
import type { Answer, Invoke, Proxy, Reply, Send } from '../../adapters/adapter.ts';
import { AdapterError, SendError } from '../../adapters/errors.ts';
import { CallDeadline } from '../../adapters/wire/deadline.ts';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { boundedInvoke, boundedProxy, boundedSend } from './bounded.ts';
import { Breaker } from './breaker.ts';
import { Bulkhead } from './bulkhead.ts';
import { guarded } from './guarded.ts';
import { usualBreaker } from './schema.ts';

const events = { emit: () => undefined, on: () => () => undefined };
const place = (size = 1) => {
  const settings = { maxInFlight: 1, queue: size === 0 ? null : { size, maxWait: 1000 } };
  const house = { steady: () => 0, wall: () => 0, after: () => () => undefined, events };
  return new Bulkhead({ destination: 'legacy', address: '', settings }, house);
};
const bound = (bulkhead: Bulkhead) => ({ bulkhead, priority: 'low', gate: null }) as const;
const turn = () => new Promise((resolve) => setImmediate(resolve));

const reply = (over?: Reply['over']): Reply => ({
  head: { status: 200, reason: '', raw: [] },
  body: plainCall().body,
  verdict: { blame: 'nobody' },
  ...(over === undefined ? {} : { over }),
});

test('a place is held until the whole reply is here', async (t) => {
  const bulkhead = place();
  let end: ((why: AdapterError | null) => void) | null = null;
  const send = boundedSend(bound(bulkhead), async () => reply((listener) => (end = listener)));
  await send(plainCall(), new CallDeadline());
  t.is(bulkhead.inFlight, 1);
  end!(new AdapterError('ERR_TRUNCATED', ''));
  t.is(bulkhead.inFlight, 0);
});

const ends: readonly (readonly [string, Send])[] = [
  ['a reply that is complete', async () => reply()],
  ['an error', () => Promise.reject(new SendError('ERR_RESET', 'reset', 'all', ''))],
  [
    'an error that is thrown',
    () => {
      throw new Error('a bug');
    },
  ],
];
const frees = test.macro({
  async exec(t, next: Send) {
    const bulkhead = place();
    await Promise.resolve()
      .then(() => boundedSend(bound(bulkhead), next)(plainCall(), new CallDeadline()))
      .catch(() => undefined);
    await turn();
    t.is(bulkhead.inFlight, 0);
  },
  title: (name = '') => `${name} gives the place back`,
});
for (const [name, next] of ends) test(name, frees, next);

test('one that waited is sent when there is a place', async (t) => {
  const bulkhead = place();
  bulkhead.take();
  let sent = 0;
  const send = boundedSend(bound(bulkhead), async () => {
    sent += 1;
    return reply();
  });
  const waiting = send(plainCall(), new CallDeadline());
  await turn();
  t.is(sent, 0);
  bulkhead.free();
  await waiting;
  t.is(sent, 1);
  await turn();
  t.is(bulkhead.inFlight, 0);
});

const behind = (bulkhead: Bulkhead, next: Send, probes = 1) => {
  const clock = { now: 0 };
  const settings = { ...usualBreaker(), probes };
  const of = { destination: 'new', operation: 'Get', address: '', patience: 1000, settings };
  const breaker = new Breaker(of, { steady: () => clock.now, wall: () => 0, chance: () => 0, events });
  const gate = { breaker, passes: new WeakMap() };
  const send = guarded(breaker, boundedSend({ bulkhead, priority: 'low', gate }, next), gate.passes);
  return { clock, breaker, ask: () => send(plainCall(), new CallDeadline()) };
};

test('one that waited while the breaker opened is not sent, and the next has its turn', async (t) => {
  const bulkhead = place(9);
  const { breaker, ask } = behind(bulkhead, () => Promise.reject(new Error('it was sent')));
  bulkhead.take();
  const waiting = [ask(), ask()];
  breaker.force('open', 'for this test');
  bulkhead.free();
  for (const each of waiting) await t.throwsAsync(each, { code: 'ERR_BREAKER_OPEN' });
  t.is(bulkhead.inFlight, 0);
});

test('one that waited until the breaker was half-open goes as a probe, and no more go than those', async (t) => {
  const bulkhead = place(9);
  const { clock, breaker, ask } = behind(bulkhead, async () => reply());
  bulkhead.take();
  const waiting = [ask(), ask()];
  breaker.force('open', 'for this test');
  breaker.force(null, 'and as calls go again');
  clock.now = 1;
  const probe = breaker.admit()!; // somebody else's, and its place the only one
  bulkhead.free();
  await t.throwsAsync(waiting[0]!, { code: 'ERR_BREAKER_OPEN' });
  await t.throwsAsync(waiting[1]!, { code: 'ERR_BREAKER_OPEN' });
  breaker.none(probe);
  bulkhead.take();
  const asked = ask();
  await turn();
  t.is(breaker.state, 'half-open');
  bulkhead.free();
  t.is((await asked).head.status, 200);
  t.is(breaker.state, 'closed', 'a probe that waited holds its own place');
});

test('one that waited over the opening of the breaker tells it how it ended', async (t) => {
  const bulkhead = place(9);
  const { clock, breaker, ask } = behind(bulkhead, async () => reply());
  bulkhead.take();
  const waiting = ask();
  breaker.force('open', 'for this test');
  breaker.force(null, 'and as calls go again');
  clock.now = 1;
  bulkhead.free();
  await waiting;
  t.is(breaker.state, 'closed');
});

test('what is still worked on after its time holds its place until it is done', async (t) => {
  const bulkhead = place(0);
  const work = Promise.withResolvers<void>();
  const late = new SendError('ERR_TIMEOUT', 'timeout', 'all', '', { still: work.promise });
  const invoke = boundedInvoke(bound(bulkhead), () => Promise.reject(late));
  await t.throwsAsync(invoke({} as Parameters<Invoke>[0], new CallDeadline()), { is: late });
  t.is(bulkhead.inFlight, 1);
  work.resolve();
  await turn();
  t.is(bulkhead.inFlight, 0);
});

test('an asking in JSON holds its place until the answer', async (t) => {
  const bulkhead = place(0);
  let answer: ((answer: Answer) => void) | null = null;
  const invoke = boundedInvoke(bound(bulkhead), () => new Promise((resolve) => (answer = resolve)));
  const ask = {} as Parameters<Invoke>[0];
  const first = invoke(ask, new CallDeadline());
  await t.throwsAsync(invoke(ask, new CallDeadline()), { code: 'ERR_FULL' });
  answer!({ kind: 'accepted' });
  t.deepEqual(await first, { kind: 'accepted' });
  t.is(bulkhead.inFlight, 0);
});

test('the proxy shares the places; upgrades take none', async (t) => {
  const bulkhead = place();
  const upgraded: unknown[] = [];
  const next: Proxy = {
    destination: 'legacy',
    carry: async () => 'complete',
    upgrade: (request) => void upgraded.push(request),
    close: () => undefined,
  };
  const asked: string[] = [];
  const proxy = boundedProxy(
    bulkhead,
    (method) => {
      asked.push(method);
      return 'low';
    },
    next,
  );
  t.is(await proxy.carry({ method: 'GET' }, {}, new CallDeadline()), 'complete');
  t.is(bulkhead.inFlight, 0);
  bulkhead.take();
  const waiting = proxy.carry({ method: 'GET' }, {}, new CallDeadline());
  t.like(await proxy.carry({ method: 'PUT' }, {}, new CallDeadline()), { failed: { code: 'ERR_FULL' } });
  bulkhead.free();
  t.is(await waiting, 'complete');
  t.deepEqual(asked, ['GET', 'PUT']);
  bulkhead.take();
  const deadline = new CallDeadline();
  const leaving = proxy.carry({ method: 'GET' }, {}, deadline);
  deadline.end(new AdapterError('ERR_ABORTED', 'the client left'));
  t.is(await leaving, 'client-left');
  proxy.upgrade(1, 2, 3, () => '');
  t.deepEqual(upgraded, [1]);
});
