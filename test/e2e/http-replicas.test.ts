// Plain HTTP over caches that share a Redis as replicas do: who asks the origin, what is told to whom, and what varies.
import anyTest, { type ExecutionContext } from 'ava';
import { Redis } from 'ioredis';
import { AdapterError } from '../../adapters/errors.ts';
import { CallDeadline } from '../../adapters/wire/deadline.ts';
import { headerOf } from '../../adapters/wire/headers.ts';
import { where } from '../helpers/components.ts';
import { eventually } from '../helpers/gateway.ts';
import { plainReplica, type Origin, type PlainReplica, type PlainSetup } from '../helpers/plain-replica.ts';
import { redisServer, type RedisServer } from '../helpers/redis-server.ts';

const test = where(anyTest, 'redis');

const replicas = async (t: ExecutionContext, count: number, setup: PlainSetup): Promise<PlainReplica[]> => {
  const all = Array.from({ length: count }, () => plainReplica(setup));
  t.teardown(() => all.forEach((each) => each.close()));
  await eventually(() => all.every(({ isCurrent, isUp }) => isCurrent && isUp), 20_000);
  return all;
};
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Nobody asks for others any more: what came is where the others find it. */
const landed = async ({ url }: RedisServer): Promise<void> => {
  const client = new Redis(url);
  try {
    await eventually(async () => {
      const keys = await client.keys('strangler:*:l:*');
      return (await Promise.all(keys.map((key) => client.get(key)))).every((held) => held === null || held === '-');
    });
  } finally {
    client.disconnect();
  }
};
const nobody: Origin = () => Promise.reject(new Error('asked'));
const good = ['Cache-Control', 'max-age=60'];
/** Counts what it is asked, and takes its time. */
const slow = (raw: readonly string[] = good, ms = 50) => {
  const state = { asked: 0 };
  const origin: Origin = async () => {
    state.asked += 1;
    const text = `answer ${state.asked}`;
    await wait(ms);
    return { text, raw };
  };
  return { state, origin };
};
const gone = (): CallDeadline => {
  const deadline = new CallDeadline();
  deadline.end(new AdapterError('ERR_ABORTED', 'it left'));
  return deadline;
};

test('three hundred callers of one cold target on three replicas ask once', async (t) => {
  const redis = await redisServer(t);
  const all = await replicas(t, 3, redis);
  const { state, origin } = slow();
  const given = await Promise.all(Array.from({ length: 300 }, (_, n) => all[n % 3]!.ask('/x/1', origin)));
  t.is(state.asked, 1);
  t.deepEqual(new Set(given.map(({ text }) => text)), new Set(['answer 1']));
  t.is(given.filter(({ by }) => by === 'miss').length, 1);
});

test('what one was told, the others know, whatever it varies by; who is told apart asks for himself', async (t) => {
  const redis = await redisServer(t);
  const [a, b, c] = await replicas(t, 3, redis);
  const asked: (string | null)[] = [];
  const origin: Origin = ({ head }) => {
    const language = headerOf(head.raw, 'accept-language');
    asked.push(language);
    return { text: `${language} ${'x'.repeat(5000)}`, raw: [...good, 'Vary', 'Accept-Language, Accept'] };
  };
  const get = (on: PlainReplica, language: string) =>
    on.ask('/x/1', origin, { raw: ['Accept-Language', language] }).then(({ text, by }) => [text.slice(0, 2), by]);
  t.deepEqual(await get(a!, 'de'), ['de', 'miss']);
  await landed(redis);
  t.deepEqual(await get(b!, 'de'), ['de', 'state'], 'never saw one, and is shown the way');
  t.deepEqual(await get(b!, 'en'), ['en', 'miss']);
  await landed(redis);
  t.deepEqual(await get(c!, 'en'), ['en', 'state']);
  t.deepEqual(await get(a!, 'en'), ['en', 'state']);
  t.deepEqual(await get(a!, 'en'), ['en', 'hit']);
  t.deepEqual(asked, ['de', 'en']);
});

test('one who is told apart does not wait for the answer to another for longer than its head takes', async (t) => {
  const redis = await redisServer(t);
  const [a, b] = await replicas(t, 2, redis);
  const { state, origin } = slow([...good, 'Vary', 'Accept'], 100);
  const languages = Array.from({ length: 40 }, (_, n) => (n % 4 < 2 ? 'a/a' : 'b/b'));
  const given = await Promise.all(
    languages.map((accept, n) => (n % 2 === 0 ? a! : b!).ask('/x/1', origin, { raw: ['Accept', accept] })),
  );
  t.true(state.asked <= 3, `${state.asked} asked`);
  for (const [n, { text }] of given.entries())
    t.is(text, given.find((_, other) => languages[other] === languages[n])!.text);
  t.is(new Set(given.map(({ text }) => text)).size, 2);
});

test('an unsafe method takes back what all have of its target, and of nothing else', async (t) => {
  const redis = await redisServer(t);
  const all = await replicas(t, 3, redis);
  let value = 'old';
  const service = () => Promise.resolve(value);
  for (const id of ['1', '2']) for (const each of all) await each.read(id, service);
  for (const each of all) t.is((await each.read('1', service)).by, 'hit');
  await all[0]!.write('1', () => Promise.resolve(void (value = 'new')));
  t.is((await all[0]!.read('1', service)).text, 'new');
  for (const each of all.slice(1)) await eventually(async () => (await each.read('1', service)).text === 'new', 1000);
  for (const each of all) t.is((await each.read('2', service)).text, 'old');
});

test('a read that began before a write on another replica cannot put the old answer back', async (t) => {
  const redis = await redisServer(t);
  const [a, b, c] = await replicas(t, 3, redis);
  const { promise, resolve } = Promise.withResolvers<string>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const early = a!.read('1', () => {
    begin();
    return promise;
  });
  await begun;
  await b!.write('1', () => Promise.resolve());
  resolve('old');
  t.is((await early).text, 'old');
  await landed(redis);
  for (const each of [c, b, a]) t.is((await each!.read('1', () => Promise.resolve('new'))).text, 'new');
});

test('what somebody else wrote, or what was cut, is a miss and is written anew', async (t) => {
  const redis = await redisServer(t);
  const client = new Redis(redis.url);
  t.teardown(() => client.disconnect());
  const [a] = await replicas(t, 1, { ...redis, maxBytes: 1 }); // nothing is kept in the process
  const read = () => a!.read('1', () => Promise.resolve('whole'));
  await read();
  await eventually(async () => (await read()).by === 'state');
  const [key = ''] = await client.keys('strangler:*:a:*');
  const value = (await client.getBuffer(key))!;
  for (const other of [value.subarray(0, -3), Buffer.from('no'), Buffer.from(value).fill(48, 60)]) {
    await client.set(key, other, 'PX', 60_000);
    t.deepEqual([(await read()).by, (await read()).text], ['miss', 'whole']);
    await eventually(async () => (await read()).by === 'state');
  }
});

test('while Redis hangs, a miss waits no longer than 50 ms; what no operation takes back by name is still given', async (t) => {
  const redis = await redisServer(t);
  const [a] = await replicas(t, 1, { ...redis, budget: 40, policy: { scope: 'other' } });
  const [named] = await replicas(t, 1, { ...redis, budget: 40, names: true });
  for (const each of [a, named]) await each!.read('1', () => Promise.resolve('one'));
  redis.freeze();
  const waits: number[] = [];
  for (let n = 0; n < 25; n += 1) {
    const began = performance.now();
    t.is((await a!.read(`cold ${n}`, () => Promise.resolve('cold'))).text, 'cold');
    waits.push(performance.now() - began);
    t.is((await a!.read('1', () => Promise.resolve('two'))).text, 'one');
    await wait(50);
  }
  t.true(waits.toSorted((one, other) => one - other)[20]! < 50, waits.join(' '));
  t.is((await named!.read('1', () => Promise.resolve('two'))).text, 'two');
  redis.thaw();
  await eventually(() => a!.isUp && named!.isCurrent, 20_000);
});

test('when the client of the one who asks leaves, one of those who wait asks, here and elsewhere', async (t) => {
  const redis = await redisServer(t);
  const all = await replicas(t, 3, redis);
  const { promise, resolve } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const deadline = new CallDeadline();
  const leaving = all[0]!.ask(
    '/x/1',
    async () => {
      begin();
      await promise;
      throw new AdapterError('ERR_ABORTED', 'it left');
    },
    { deadline },
  );
  await begun;
  const { state, origin } = slow();
  const others = Array.from({ length: 60 }, (_, n) => all[n % 3]!.ask('/x/1', origin));
  await wait(100);
  t.is(state.asked, 0);
  deadline.end(new AdapterError('ERR_ABORTED', 'it left'));
  resolve();
  await t.throwsAsync(leaving);
  const given = await Promise.all(others);
  t.is(state.asked, 1);
  t.deepEqual(new Set(given.map(({ text }) => text)), new Set(['answer 1']));
});

test('nobody waits for what proved to be for one alone, on no replica, until one is for all', async (t) => {
  const redis = await redisServer(t);
  const [a, b] = await replicas(t, 2, redis);
  await a!.ask('/x/1', () => ({ text: 'mine', raw: ['Cache-Control', 'private'] }));
  await landed(redis);
  const gates: ((raw: readonly string[]) => void)[] = [];
  const gated: Origin = () => new Promise((resolve) => gates.push((raw) => resolve({ text: 'mine', raw })));
  const calls = [a, a, b, b].map((each) => each!.ask('/x/1', gated));
  await eventually(() => gates.length === 4);
  for (const open of gates) open(['Cache-Control', 'private']);
  for (const call of calls) t.is((await call).by, 'unkept');
  t.is((await a!.ask('/x/1', () => ({ text: 'for all', raw: good }))).by, 'miss');
  t.is((await a!.ask('/x/1', nobody)).by, 'hit');
});

test('what is past its time elsewhere is asked about, and is then known to all', async (t) => {
  const redis = await redisServer(t);
  const [a, b, c] = await replicas(t, 3, redis);
  const asked: string[] = [];
  const origin: Origin = ({ head }) => {
    const tag = headerOf(head.raw, 'if-none-match');
    asked.push(`${head.target} ${tag}`);
    const raw = ['ETag', '"v1"', 'Cache-Control', tag === null ? 'max-age=1' : 'max-age=60'];
    return tag === null ? { text: 'one', raw } : { text: '', status: 304, raw };
  };
  for (const target of ['/x/1', '/x/2']) await a!.ask(target, origin);
  await wait(1050);
  t.like(await b!.ask('/x/1', origin), { status: 200, text: 'one', by: 'revalidated' });
  const same = { raw: ['If-None-Match', '"v0", "v1"'] };
  t.like(await b!.ask('/x/2', origin, same), { status: 304, by: 'revalidated' }, "the client's own copy is as good");
  await landed(redis);
  t.deepEqual(asked, ['/x/1 null', '/x/2 null', '/x/1 "v1"', '/x/2 "v1"']);
  for (const target of ['/x/1', '/x/2']) t.like(await c!.ask(target, nobody), { text: 'one', by: 'state' });
});

test('a copy of its own is compared with what others have; nothing but that is asked of the origin for it', async (t) => {
  const redis = await redisServer(t);
  const [a, b] = await replicas(t, 2, redis);
  const conditional = { raw: ['If-None-Match', '"v1"'] };
  const cold = await b!.ask('/x/1', () => ({ text: '', status: 304, raw: ['ETag', '"v1"'] }), conditional);
  t.deepEqual([cold.status, cold.by], [304, 'unkept']);
  t.is((await a!.ask('/x/1', () => ({ text: 'one', raw: [...good, 'ETag', '"v1"'] }))).by, 'miss');
  await landed(redis);
  t.like(await b!.ask('/x/1', nobody, conditional), { status: 304, by: 'state' });
});

test('who wants nothing but what is kept is given what others keep, and nobody is asked', async (t) => {
  const redis = await redisServer(t);
  const [a, b] = await replicas(t, 2, redis);
  const only = { raw: ['Cache-Control', 'only-if-cached'] };
  await t.throwsAsync(b!.ask('/x/1', nobody, only), { code: 'ERR_UNSTORED' });
  await a!.ask('/x/1', () => ({ text: 'one', raw: good }));
  await landed(redis);
  t.is((await b!.ask('/x/1', nobody, only)).text, 'one');
  await t.throwsAsync(b!.ask('/x/1', nobody, { raw: ['Cache-Control', 'only-if-cached, min-fresh=100'] }), {
    code: 'ERR_UNSTORED',
  });
  await t.throwsAsync(b!.ask('/x/1', nobody, { raw: ['Range', 'bytes=0-1', ...only.raw] }), { code: 'ERR_UNSTORED' });
});

test('a client that says no-cache gets a new answer, which all have then', async (t) => {
  const redis = await redisServer(t);
  const [a, b] = await replicas(t, 2, redis);
  await a!.ask('/x/1', () => ({ text: 'one', raw: good }));
  await landed(redis);
  t.is((await b!.ask('/x/1', () => ({ text: 'two', raw: good }), { raw: ['Cache-Control', 'no-cache'] })).text, 'two');
  await landed(redis);
  const [c] = await replicas(t, 1, redis);
  t.like(await c!.ask('/x/1', nobody), { text: 'two', by: 'state' });
});

test('a client that left before anything came keeps nobody waiting', async (t) => {
  const redis = await redisServer(t);
  const [a, b] = await replicas(t, 2, redis);
  await t.throwsAsync(a!.ask('/x/1', () => ({ text: 'x' }), { deadline: gone() }));
  const began = performance.now();
  t.is((await b!.ask('/x/1', () => ({ text: 'one', raw: good }))).text, 'one');
  t.true(performance.now() - began < 1000);
});

test('LAW: whatever an answer varies by, now this and then that, on whatever replica: it is the one for who asks', async (t) => {
  const redis = await redisServer(t);
  const all = await replicas(t, 3, redis);
  const names = ['accept', 'accept-language', 'x-tenant'];
  const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)]!;
  const by: Record<string, number> = {};
  const one = async (): Promise<void> => {
    const raw = names.flatMap((name) => (Math.random() < 0.3 ? [] : [name, pick(['a', 'b'])]));
    const target = `/x/${pick(['1', '2', '3', '4', '5', '6'])}`;
    const origin: Origin = ({ head }) => {
      const vary = names.filter(() => Math.random() < 0.4);
      const told = vary.map((name) => [name, headerOf(head.raw, name)]);
      return {
        text: JSON.stringify([target, told]),
        raw: [...good, ...(vary.length === 0 ? [] : ['Vary', vary.join()])],
      };
    };
    const given = await pick(all).ask(target, origin, { raw });
    by[String(given.by)] = (by[String(given.by)] ?? 0) + 1;
    const [of, told] = JSON.parse(given.text) as [string, [string, string | null][]];
    t.is(of, target);
    for (const [name, value] of told) t.is(value, headerOf(raw, name), `${given.by}: ${name}`);
  };
  for (let n = 0; n < 60; n += 1) {
    await Promise.all([one(), one(), one(), one(), one()]);
    if (n % 10 === 9) await all[n % 3]!.write(pick(['1', '2', '3', '4', '5', '6']), () => Promise.resolve());
  }
  t.log(JSON.stringify(by));
  for (const result of ['hit', 'state', 'miss']) t.true((by[result] ?? 0) > 0, JSON.stringify(by));
});
