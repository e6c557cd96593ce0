// Replicas while Redis answers and refuses to write: news of writes is then missing, though messages still go round.
import { readFile } from 'node:fs/promises';
import anyTest from 'ava';
import { Redis } from 'ioredis';
import { sharing } from '../../gateway/cache/sharing.ts';
import { addressOf } from '../../gateway/state/address.ts';
import { redis } from '../../gateway/state/redis.ts';
import { where } from '../helpers/components.ts';
import { eventually } from '../helpers/gateway.ts';
import { redisServer } from '../helpers/redis-server.ts';
import { replicas } from '../helpers/replica.ts';

const test = where(anyTest, 'redis');

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('where Redis takes no more writes, a write is told when it does; nobody trusts what he had before', async (t) => {
  const server = await redisServer(t);
  const [a, b] = await replicas(t, 2, server);
  for (const each of [a, b]) await each!.read('1', () => Promise.resolve('old'));
  const operator = new Redis(server.port, '127.0.0.1');
  t.teardown(() => operator.disconnect());
  // As a primary without its replicas does, or one that was made a replica, or whose disk is full: it reads, and passes messages on.
  await operator.config('SET', 'min-replicas-to-write', '1');
  await a!.write('1', () => Promise.resolve());
  await wait(1200);
  t.is((await b!.read('1', () => Promise.resolve('new'))).text, 'new');
  await operator.config('SET', 'min-replicas-to-write', '0');
  await eventually(async () => {
    t.is((await b!.read('1', () => Promise.resolve('new'))).text, 'new');
    return b!.isCurrent && a!.isCurrent;
  }, 20_000);
  t.is((await b!.read('1', () => Promise.resolve('new'))).text, 'new');
});

test('of a Redis that was made a replica it is told now and then, not with every beat', async (t) => {
  const server = await redisServer(t);
  const changes: boolean[] = [];
  const steady = () => performance.now();
  const state = redis({
    address: addressOf(server.url)!,
    budget: 2000,
    steady,
    chance: Math.random,
    changed: (isUp) => changes.push(isUp),
  });
  const tier = sharing({
    state,
    now: () => Date.now(),
    steady,
    takenBack: () => undefined,
    broken: (e) => t.fail(String(e)),
  });
  t.teardown(() => (tier.close(), state.close()));
  await eventually(() => tier.isCurrent, 20_000);
  const operator = new Redis(server.port, '127.0.0.1');
  t.teardown(() => operator.disconnect());
  await operator.replicaof('127.0.0.1', '1');
  await eventually(() => !tier.isCurrent);
  await wait(1000);
  t.true(changes.length <= 5, `told ${changes.length} times`);
  await operator.replicaof('NO', 'ONE');
  await eventually(() => tier.isCurrent && state.isUp, 20_000);
});

const refusing = anyTest.macro<[(operator: Redis) => Promise<unknown>, (operator: Redis) => Promise<unknown>, string]>({
  title: (of = '') =>
    `a Redis that takes no writes is down, without a call to tell it, until it takes them again: ${of}`,
  async exec(t, refuse, allow, reason) {
    const server = await redisServer(t);
    const changes: [boolean, string][] = [];
    const state = redis({
      address: addressOf(server.url)!,
      budget: 2000,
      steady: () => performance.now(),
      chance: Math.random,
      changed: (isUp, why) => changes.push([isUp, why]),
    });
    t.teardown(() => state.close());
    await eventually(() => state.isUp);
    const operator = new Redis(server.port, '127.0.0.1');
    t.teardown(() => operator.disconnect());
    await refuse(operator);
    await eventually(() => !state.isUp);
    await wait(1500);
    t.deepEqual(changes.slice(1), [[false, reason]], 'told once');
    await allow(operator);
    await eventually(() => state.isUp, 10_000);
    await wait(1500);
    t.true(state.isUp);
  },
});

test(
  'no memory is left',
  refusing,
  (operator) => operator.config('SET', 'maxmemory', '1'),
  (operator) => operator.config('SET', 'maxmemory', '0'),
  'OOM',
);
test(
  'too few replicas follow it',
  refusing,
  (operator) => operator.config('SET', 'min-replicas-to-write', '1'),
  (operator) => operator.config('SET', 'min-replicas-to-write', '0'),
  'NOREPLICAS',
);
test(
  'it is a replica',
  refusing,
  (operator) => operator.replicaof('127.0.0.1', '1'),
  (operator) => operator.replicaof('NO', 'ONE'),
  'READONLY',
);

test('a user that may do what the docs name, and no more, has all it takes', async (t) => {
  const server = await redisServer(t);
  const docs = await readFile(new URL('../../docs/how-to/answer-from-memory.md', import.meta.url), 'utf8');
  const rights = /^`(~strangler:\* [^`]+)`/m.exec(docs)?.[1]?.split(' ') ?? [];
  const operator = new Redis(server.port, '127.0.0.1');
  t.teardown(() => operator.disconnect());
  await operator.call('ACL', 'SETUSER', 'gateway', 'on', '>pw', ...rights);
  const url = server.url.replace('redis://', 'redis://gateway:pw@');
  const [a, b] = await replicas(t, 2, { ...server, url });
  t.is((await a!.read('1', () => Promise.resolve('old'))).text, 'old');
  t.is((await b!.read('1', () => Promise.resolve('asked'))).text, 'old', 'shared');
  await a!.write('1', () => Promise.resolve());
  await eventually(async () => (await b!.read('1', () => Promise.resolve('new'))).text === 'new', 2000);
  await wait(1500);
  t.true(a!.isUp && b!.isUp);
  const denied = String(await operator.call('ACL', 'LOG'));
  t.is(denied, '', 'nothing was refused');
});
