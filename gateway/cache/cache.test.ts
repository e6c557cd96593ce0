import test from 'ava';
import * as fc from 'fast-check';
import { AdapterError } from '../../adapters/errors.ts';
import { bytesBody, detached, noBody } from '../../adapters/wire/bytes.ts';
import { CallDeadline } from '../../adapters/wire/deadline.ts';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { cohort } from '../traffic/cohort.ts';
import { cache as makeCache, type Cache } from './cache.ts';
import type { Ask } from './remembered.ts';
import { templateOf } from './tags.ts';
import type { Arriving, Json, Raw, ReplyHead } from '../../adapters/adapter.ts';
import type { Forwarded } from '../forward/forward.ts';
import type { CachePolicy } from './policy.ts';
import type { HttpCachePolicy } from './http/policy.ts';
import { httpTemplate } from './http/template.ts';

const replyOf = (head: ReplyHead, body: Buffer) => ({
  head,
  body: bytesBody(body),
  verdict: { blame: 'nobody' } as const,
});
const made = (clock = { now: 1_000_000, chance: 0 }): Cache =>
  makeCache({
    every: () => () => undefined,
    longestWait: () => 0,
    sharedWith: null,
    steady: () => performance.now(),
    maxBytes: 1e7,
    adapters: { detach: detached, replyOf },
    now: () => clock.now,
    chance: () => clock.chance,
    broken: (error) => {
      throw error;
    },
  });

const arriving = (body: string | null, raw: Raw = [], target = '/x', method = 'POST'): Arriving => ({
  ...plainCall({ raw: ['Host', 'h', ...raw], target, method }),
  body: body === null ? noBody() : bytesBody(Buffer.from(body)),
  method,
  target,
  deadline: new CallDeadline(),
  limitBody: () => true,
  lend() {},
  carried() {},
  hangUp: () => undefined,
  respond: () => Promise.reject(new Error('nobody is answered in this test')),
  cut: () => undefined,
  expire: () => undefined,
});

type Side = 'legacy' | 'modern';
const answered = (side: Side, text: string, raw: Raw = []): Forwarded => ({
  reply: replyOf({ status: 200, reason: 'OK', raw }, Buffer.from(text)),
  error: null,
  attempts: [{ side, destination: side, ms: 1, status: 200, reason: null, reached: 'all' }],
  fallback: null,
});
const textOf = ({ reply }: Forwarded): string => reply!.body.bytes!.toString();

const policy = (more: Partial<CachePolicy> = {}): CachePolicy => ({
  ttl: 60_000,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  refreshAhead: 0,
  maxBytes: 1e6,
  meanings: {
    byBody: true,
    ofCall: (_, body) => {
      const input = JSON.parse(body.toString()) as Json;
      return { text: body.toString(), form: 'json', input, messageId: null, credentials: [] };
    },
    ofReply: () => ({ fault: null, relatesTo: null }),
    again: (body) => body,
  },
  target: 'r.Get',
  scope: 's',
  faults: new Map(),
  vary: [],
  keyHeaders: new Set(['x-api-key']),
  shared: false,
  isInvalidated: false,
  tags: [templateOf('c', 'Get'), templateOf('c', 'Get:{id}')],
  toldBy: (call, source) => cohort(call, [source], () => false)?.key ?? null,
  ...more,
});

const once = (text: string, side: Side = 'legacy') => {
  const state = { asked: 0 };
  const ask: Ask = () => {
    state.asked += 1;
    return Promise.resolve(answered(side, `${text}${state.asked}`));
  };
  return { state, ask };
};

test('an answer in the last of its time is given at once, and renewed behind', async (t) => {
  const clock = { now: 0, chance: 0 };
  const kept = made(clock);
  const { state, ask } = once('a');
  const said = policy({ ttl: 1000, refreshAhead: 300 });
  const get = async () => {
    const got = await kept.through(said, 'legacy', arriving('{}'), ask);
    await new Promise(setImmediate);
    return [got.cache, textOf(got), state.asked];
  };
  t.deepEqual(await get(), ['miss', 'a1', 1]);
  clock.now = 700;
  t.deepEqual(await get(), ['hit', 'a1', 1]);
  clock.now = 701;
  t.deepEqual(await get(), ['hit', 'a1', 2]);
  clock.now = 1600;
  t.deepEqual(await get(), ['hit', 'a2', 3], 'renewed at 701, and again in the last of its time');
  clock.now = 2500;
  t.deepEqual(await get(), ['hit', 'a3', 4]);
});

test('up to a tenth of its time is taken by chance', async (t) => {
  for (const [chance, last] of [
    [0, 1000],
    [0.5, 950],
    [0.999, 900],
  ] as const) {
    const clock = { now: 0, chance };
    const kept = made(clock);
    const { ask } = once('a');
    const get = async () => (await kept.through(policy({ ttl: 1000 }), 'legacy', arriving('{}'), ask)).cache;
    await get();
    clock.now = last;
    t.is(await get(), 'hit');
    clock.now = last + 2;
    t.is(await get(), 'miss');
  }
});

test('of the bound an eighth is for what calls mean', (t) => {
  t.is(made().memory.bound, 1e7 - 1e7 / 8);
});

test('an answer of more than maxBytes is not kept', async (t) => {
  const kept = made();
  for (const [maxBytes, result] of [
    [4, 'unkept'],
    [5, 'hit'],
  ] as const) {
    const ask: Ask = () => Promise.resolve(answered('legacy', 'abcde'));
    const said = policy({ maxBytes, scope: String(maxBytes) });
    await kept.through(said, 'legacy', arriving('{}'), ask);
    t.is((await kept.through(said, 'legacy', arriving('{}'), ask)).cache, result);
  }
});

// Who somebody is, as their own service would see it: all that they show.
const mostlyNone = (...values: readonly string[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom(...values) });
const identity = fc.record({
  authorization: mostlyNone('Basic YTpi', 'Basic YTpj', 'Basic Yjpi', 'Bearer x'),
  cookie: mostlyNone('s=1', 's=2', 't=1', 's=1; t=1'),
  'x-api-key': mostlyNone('k', 'l'),
});
const linesOf = (who: Record<string, string | null>): Raw =>
  Object.entries(who).flatMap(([name, value]) => (value === null ? [] : [name, value]));
const vary = fc.subarray([
  { from: 'basicUser' },
  { from: 'header', name: 'authorization' },
  { from: 'cookie', name: 's' },
  { from: 'apiKey', header: 'x-api-key' },
  { from: 'ip' },
] as const);
const traffic = fc.array(fc.record({ who: identity, id: fc.nat(1), side: fc.constantFrom<Side>('legacy', 'modern') }), {
  minLength: 30,
  maxLength: 60,
});

test('LAW: nobody sees what was made for another, nor what the other side made', async (t) => {
  const hits = { all: 0 };
  await fc.assert(
    fc.asyncProperty(vary, traffic, fc.boolean(), async (told, calls, shared) => {
      const kept = made();
      for (const { who, id, side } of calls) {
        const mine = JSON.stringify([who, id]);
        const ask: Ask = () => Promise.resolve(answered(side, `${side} ${mine}`));
        const body = JSON.stringify({ id });
        const got = await kept.through(policy({ vary: told, shared }), side, arriving(body, linesOf(who)), ask);
        const text = textOf(got);
        t.is(text.slice(text.indexOf(' ') + 1), mine);
        if (!shared) t.is(text.slice(0, text.indexOf(' ')), side);
        if (got.cache === 'hit') hits.all += 1;
      }
    }),
  );
  t.true(hits.all > 100, 'or it says nothing');
});

const httpPolicy = (more: Partial<HttpCachePolicy> = {}): HttpCachePolicy => ({
  ...policy(),
  ttl: null,
  templates: [httpTemplate('r', 'GET /x')],
  isInvalidated: false,
  inputOf: () => ({}),
  ...more,
});

test('LAW: the same by RFC 9111, and whoever is told apart by Vary', async (t) => {
  const hits = { all: 0 };
  const names = fc.subarray(['accept', 'accept-language']);
  const wishes = fc.array(
    fc.record({
      who: identity,
      side: fc.constantFrom<Side>('legacy', 'modern'),
      fields: fc.record({
        accept: mostlyNone('a', 'b'),
        'accept-language': mostlyNone('de', 'en'),
      }),
      id: fc.nat(1),
      varies: names,
    }),
    { minLength: 10, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(vary, wishes, async (told, calls) => {
      const kept = made();
      for (const { who, side, fields, id, varies } of calls) {
        // What an answer depends on is what it says it does; others may see it as it is.
        const mine = (by: readonly string[]) =>
          JSON.stringify([side, who, id, by.map((name) => fields[name as 'accept'])]);
        const raw = [
          'Cache-Control',
          'public, max-age=60',
          ...(varies.length === 0 ? [] : ['Vary', varies.join(', ')]),
        ];
        const ask: Ask = () => Promise.resolve(answered(side, JSON.stringify([varies, mine(varies)]), raw));
        const call = arriving(null, [...linesOf(who), ...linesOf(fields)], `/x/${id}`, 'GET');
        const got = await kept.http.through(httpPolicy({ vary: told }), side, call, ask);
        const [by, found] = JSON.parse(textOf(got)) as [readonly string[], string];
        t.is(found, mine(by));
        if (got.cache === 'hit') hits.all += 1;
      }
    }),
  );
  t.true(hits.all > 100, 'or it says nothing');
});

test('LAW: after an acknowledged write nobody is given what was before it', async (t) => {
  const step = fc.record({ is: fc.constantFrom('read', 'read', 'write'), id: fc.nat(1), named: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 2, maxLength: 30 }), async (scheduler, steps) => {
      const kept = made();
      const [version, acknowledged] = [
        [0, 0],
        [0, 0],
      ];
      const reads = policy();
      const run = async ({ is, id, named }: { is: string; id: number; named: boolean }): Promise<void> => {
        await scheduler.schedule(Promise.resolve());
        const body = JSON.stringify({ id });
        if (is === 'write') {
          const tags = [templateOf('c', named ? 'Get:{id}' : 'Get')];
          const wrote = { now: 0 };
          await kept.write({ meanings: reads.meanings, tags }, arriving(body), async () => {
            await scheduler.schedule(Promise.resolve());
            wrote.now = version[id]! += 1;
            await scheduler.schedule(Promise.resolve());
            return answered('legacy', 'done');
          });
          acknowledged[id] = Math.max(acknowledged[id]!, wrote.now);
          return;
        }
        const since = acknowledged[id]!;
        const got = await kept.through(reads, 'legacy', arriving(body), async () => {
          await scheduler.schedule(Promise.resolve());
          const found = version[id]!;
          await scheduler.schedule(Promise.resolve());
          return answered('legacy', String(found));
        });
        t.true(Number(textOf(got)) >= since, `${textOf(got)} after ${since}`);
      };
      const all = Promise.all(steps.map(run));
      await scheduler.waitFor(all);
    }),
  );
});

test('when the one who asks leaves, one of those who wait asks; when there is nothing to keep, all do', async (t) => {
  const gone = new AdapterError('ERR_ABORTED', 'it left');
  for (const [ended, raw, expected] of [
    [gone, [], 2],
    [null, ['Set-Cookie', 'a=b'], 10],
  ] as const) {
    const kept = made();
    const first = arriving('{}');
    const { promise, resolve } = Promise.withResolvers<Forwarded>();
    const leading = kept.through(policy(), 'legacy', first, () => promise);
    await new Promise(setImmediate);
    let asked = 1;
    const ask: Ask = async () => {
      asked += 1;
      await new Promise(setImmediate);
      return answered('legacy', 'a');
    };
    const others = Array.from({ length: 9 }, () => kept.through(policy(), 'legacy', arriving('{}'), ask));
    await new Promise(setImmediate);
    if (ended !== null) first.deadline.end(ended);
    resolve(
      ended === null ? answered('legacy', 'mine', raw) : { reply: null, error: ended, attempts: [], fallback: null },
    );
    await leading;
    t.deepEqual([...new Set((await Promise.all(others)).map(textOf))], ['a']);
    t.is(asked, expected);
  }
});

/** A service that answers when it is told to, with what is given then. */
const gated = () => {
  const waiting: ((answer: Forwarded) => void)[] = [];
  const ask: Ask = () => new Promise((resolve) => void waiting.push(resolve));
  return { waiting, ask };
};
const cookie: Raw = ['Set-Cookie', 'a=b'];
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('after an answer that is none to keep nobody waits for the next, until one is kept', async (t) => {
  const kept = made();
  const { waiting, ask } = gated();
  const read = () => kept.through(policy(), 'legacy', arriving('{}'), ask);
  const first = read();
  await settled();
  waiting.pop()!(answered('legacy', 'mine', cookie));
  t.is((await first).cache, 'unkept');
  const others = [read(), read(), read()];
  await settled();
  t.is(waiting.length, 3, 'all ask at once');
  waiting[0]!(answered('legacy', 'mine', cookie));
  await others[0];
  const fifth = read();
  await settled();
  t.is(waiting.length, 4);
  waiting[1]!(answered('legacy', 'for all'));
  t.is((await others[1])!.cache, 'miss');
  t.deepEqual([(await read()).cache, waiting.length], ['hit', 4]);
  kept.memory.clear();
  const [one, two] = [read(), read()];
  await settled();
  t.is(waiting.length, 5, 'one asks for both again');
  for (const answer of waiting) answer(answered('legacy', 'for all'));
  t.deepEqual(
    (await Promise.all([one, two, fifth])).map((got) => got.cache),
    ['miss', 'shared', 'unkept'],
    'the fifth began before all was taken back',
  );
});

test('where a write takes back what is being read, one of those who wait asks anew', async (t) => {
  const kept = made();
  const { waiting, ask } = gated();
  const first = kept.through(policy(), 'legacy', arriving('{}'), ask);
  await settled();
  const others = Array.from({ length: 9 }, () => kept.through(policy(), 'legacy', arriving('{}'), ask));
  await settled();
  kept.memory.invalidate(['c:Get']);
  waiting.pop()!(answered('legacy', 'old'));
  t.is(textOf(await first), 'old');
  await settled();
  t.is(waiting.length, 1);
  waiting.pop()!(answered('legacy', 'new'));
  t.deepEqual(new Set((await Promise.all(others)).map(textOf)), new Set(['new']));
});

for (const [asked, written] of [
  [{}, { id: 7 }],
  [{ id: [6, 7] }, { id: 7 }],
  [{ id: 'A-7' }, { id: 'a-7' }],
  [{ id: '7.0' }, { id: 7 }],
] as const)
  test(`a write of ${JSON.stringify(written)} takes back what was asked as ${JSON.stringify(asked)}`, async (t) => {
    const kept = made();
    const { ask, state } = once('a');
    const read = () => kept.through(policy(), 'legacy', arriving(JSON.stringify(asked)), ask);
    await read();
    const write = { meanings: policy().meanings, tags: [templateOf('c', 'Get:{id}')] };
    await kept.write(write, arriving(JSON.stringify(written)), once('done').ask);
    await read();
    t.is(state.asked, 2);
  });

test('a 304 that is about another answer is none: the origin is asked again, without a condition', async (t) => {
  const kept = made();
  const asked: (string | undefined)[] = [];
  const ask: Ask = (call) => {
    const at = call.head.raw.indexOf('If-None-Match');
    asked.push(at === -1 ? undefined : call.head.raw[at + 1]);
    const raw = ['Cache-Control', 'max-age=0', 'ETag', at === -1 ? `"v${asked.length}"` : '"v9"'];
    const given = answered('legacy', `${asked.length}`, raw);
    if (at === -1) return Promise.resolve(given);
    return Promise.resolve({ ...given, reply: replyOf({ status: 304, reason: '', raw }, Buffer.alloc(0)) });
  };
  for (const expected of ['1', '3'])
    t.is(textOf(await kept.http.through(httpPolicy(), 'legacy', arriving(null, [], '/x', 'GET'), ask)), expected);
  t.deepEqual(asked, [undefined, '"v1"', undefined]);
});
