// One question at a time: who waits for whose answer, and who does not.
import test from 'ava';
import { AdapterError } from '../../../adapters/errors.ts';
import { bytesBody, detached, noBody } from '../../../adapters/wire/bytes.ts';
import { CallDeadline } from '../../../adapters/wire/deadline.ts';
import { plainCall } from '../../../test/helpers/plain-call.ts';
import { cache } from '../cache.ts';
import type { Ask, Remembered } from '../remembered.ts';
import type { Arriving, Raw, ReplyHead } from '../../../adapters/adapter.ts';
import type { Found, Shared } from '../shared.ts';
import type { Forwarded } from '../../forward/forward.ts';
import type { HttpCachePolicy } from './policy.ts';
import { httpTemplate } from './template.ts';

const replyOf = (head: ReplyHead, body: Buffer) => ({
  head,
  body: bytesBody(body),
  verdict: { blame: 'nobody' } as const,
});
const policy: HttpCachePolicy = {
  ttl: null,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  refreshAhead: 0,
  maxBytes: 1e6,
  scope: 's',
  vary: [],
  keyHeaders: new Set(),
  shared: false,
  target: 'api.GET /x',
  templates: [httpTemplate('api', 'GET /x')],
  isInvalidated: false,
  inputOf: () => ({}),
  toldBy: () => null,
};
const good = ['Cache-Control', 'max-age=60'];
const own = ['Cache-Control', 'private'];
const left = new AdapterError('ERR_ABORTED', 'it left');

/** An origin that answers when it is told to. */
const rig = (find: Shared['find'] | null = null) => {
  const kept = cache({
    maxBytes: 1e7,
    adapters: { detach: detached, replyOf },
    now: () => 1_000_000,
    steady: () => performance.now(),
    chance: () => 0,
    every: () => () => undefined,
    longestWait: () => 0,
    sharedWith:
      find === null
        ? null
        : () => ({ isCurrent: true, find, landing: () => Promise.resolve(null), takeBack: () => Promise.resolve() }),
    broken: (error) => {
      throw error;
    },
  });
  const waiting: ((answer: Forwarded) => void)[] = [];
  const ask: Ask = () => new Promise((resolve) => void waiting.push(resolve));
  const get = (raw: Raw = [], deadline = new CallDeadline()): Promise<Remembered> => {
    const call = plainCall({ method: 'GET', target: '/x', raw: ['Host', 'api.example', ...raw] });
    return kept.http.through(policy, 'legacy', { ...call, body: noBody(), deadline } as unknown as Arriving, ask);
  };
  return { kept, waiting, get };
};
const attempt = { side: 'legacy', destination: 'old', ms: 1, status: 200, reason: null, reached: 'all' } as const;
const said = (text: string, raw: Raw = good, status = 200): Forwarded => ({
  reply: replyOf({ status, reason: '', raw }, Buffer.from(text)),
  error: null,
  attempts: [attempt],
  fallback: null,
});
/** As it is for a client that leaves inside the answer. */
const cut = (): Forwarded => {
  const { reply, ...rest } = said('');
  const body = Object.assign(bytesBody(Buffer.alloc(0)), { whole: () => Promise.reject(left) });
  return { ...rest, reply: { ...reply!, body } };
};
const textOf = ({ reply }: Forwarded): string => reply!.body.bytes!.toString();
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('while one asks the others wait, and are given what came', async (t) => {
  const { waiting, get } = rig();
  const calls = Array.from({ length: 10 }, () => get());
  await settled();
  t.is(waiting.length, 1);
  waiting[0]!(said('one'));
  const got = await Promise.all(calls);
  t.deepEqual(new Set(got.map(textOf)), new Set(['one']));
  t.deepEqual(new Set(got.slice(1).map((each) => each.cache)), new Set(['shared']));
});

test('each time the client of the one who asks leaves, one of those who wait asks', async (t) => {
  const { waiting, get } = rig();
  const deadlines = Array.from({ length: 8 }, () => new CallDeadline());
  const leaving = deadlines.map((deadline) => get([], deadline));
  await settled();
  const others = Array.from({ length: 9 }, () => get());
  for (const [n, deadline] of deadlines.entries()) {
    await settled();
    t.is(waiting.length, n + 1);
    deadline.end(left);
    waiting[n]!(n % 2 === 0 ? { reply: null, error: left, attempts: [attempt], fallback: null } : cut());
    await leaving[n];
  }
  await settled();
  t.is(waiting.length, 9, 'not all at once, however many left');
  waiting[8]!(said('one'));
  t.deepEqual(new Set((await Promise.all(others)).map(textOf)), new Set(['one']));
});

test('what proves to be for one alone keeps the others no longer than its head, and nobody after that', async (t) => {
  const { waiting, get } = rig();
  const calls = Array.from({ length: 5 }, () => get());
  await settled();
  waiting[0]!(said('mine', own));
  await settled();
  t.is(waiting.length, 5);
  const later = [get(), get()];
  await settled();
  t.is(waiting.length, 7);
  for (const answer of waiting) answer(said('mine', own));
  for (const each of [...calls, ...later]) t.is((await each).cache, 'unkept');
});

test('what is to be asked about each time keeps nobody waiting', async (t) => {
  const { waiting, get } = rig();
  const raw = ['Cache-Control', 'no-cache', 'ETag', '"v1"'];
  const first = get();
  await settled();
  waiting[0]!(said('one', raw));
  await first;
  const calls = [get(), get()];
  await settled();
  t.is(waiting.length, 3);
  for (const answer of waiting) answer(said('', raw, 304));
  for (const each of calls) t.like(await each, { cache: 'revalidated' });
});

test('who asks by a copy of his own keeps nobody waiting, and takes nobody from the one who asks for all', async (t) => {
  const { waiting, get } = rig();
  const copy = ['If-None-Match', '"v1"'];
  const before = get(copy);
  await settled();
  const first = get();
  await settled();
  const during = get(copy);
  await settled();
  t.is(waiting.length, 3);
  const others = [get(), get()];
  await settled();
  t.is(waiting.length, 3);
  for (const n of [0, 2]) waiting[n]!(said('', [], 304));
  t.like(await before, { cache: 'unkept' });
  t.like(await during, { cache: 'unkept' });
  waiting[1]!(said('one'));
  for (const each of [first, ...others]) t.is(textOf(await each), 'one');
});

test('what a write took back while it was asked for is given to nobody who waits', async (t) => {
  const { kept, waiting, get } = rig();
  const first = get();
  await settled();
  const others = [get(), get(), get()];
  await settled();
  kept.memory.invalidate([policy.templates[0]!.whole]);
  waiting[0]!(said('old'));
  t.is(textOf(await first), 'old');
  await settled();
  t.is(waiting.length, 2);
  waiting[1]!(said('new'));
  for (const each of others) t.is(textOf(await each), 'new');
});

test('an answer of the others that is older than the own one does not take its place', async (t) => {
  let found: Found | null = null;
  const { kept, waiting, get } = rig(() => Promise.resolve(found));
  const first = get();
  await settled();
  waiting.pop()!(said('new'));
  const { cacheTold } = await first;
  const entry = kept.memory.peek(cacheTold!.key!)!;
  const lease = { end: () => undefined };
  found = { is: 'ours', lease, old: { ...entry, storedAt: entry.storedAt - 1000, body: Buffer.from('old') } };
  const second = get(['Cache-Control', 'no-cache']);
  await settled();
  waiting.pop()!({ reply: null, error: left, attempts: [attempt], fallback: null });
  t.is((await second).reply, null);
  t.is(textOf(await get()), 'new');
});
