// What `state` may be besides one server: Sentinels and a cluster, as far as one machine can be them; and who may come in.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type ExecutionContext } from 'ava';
import { Redis } from 'ioredis';
import { where } from '../helpers/components.ts';
import { eventually } from '../helpers/gateway.ts';
import { redisServer } from '../helpers/redis-server.ts';
import { replica } from '../helpers/replica.ts';

const test = where(anyTest, 'redis');

const share = async (t: ExecutionContext, url: string): Promise<void> => {
  const [a, b] = [replica({ url }), replica({ url })];
  t.teardown(() => [a, b].forEach((each) => each.close()));
  await eventually(() => a.isCurrent && b.isCurrent, 20_000);
  const never = () => Promise.reject(new Error('asked'));
  await a.read('1', () => Promise.resolve('old'));
  await eventually(async () => (await b.read('1', never).catch(() => null))?.by === 'state');
  t.is((await b.read('1', never)).by, 'hit');
  await a.write('1', () => Promise.resolve());
  await eventually(async () => (await b.read('1', () => Promise.resolve('new'))).text === 'new');
  t.is((await a.read('1', () => Promise.resolve('new'))).text, 'new');
};

test('a cluster', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-cluster-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const redis = await redisServer(t, [
    '--cluster-enabled',
    'yes',
    '--cluster-announce-ip',
    '127.0.0.1',
    '--dir',
    folder,
  ]);
  const client = new Redis(redis.url);
  await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  await eventually(async () => String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok'), 20_000);
  client.disconnect();
  await share(t, redis.url.replace('redis:', 'redis+cluster:'));
});

test('a server that Sentinels name', async (t) => {
  const redis = await redisServer(t);
  const folder = await mkdtemp(join(tmpdir(), 'strangler-sentinel-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'sentinel.conf');
  await writeFile(file, `sentinel monitor orders 127.0.0.1 ${redis.port} 1\n`);
  const sentinel = await redisServer(t, [], [file, '--sentinel']);
  await share(t, `redis+sentinel://127.0.0.1:${sentinel.port},127.0.0.1:1/orders/2`);
});

test('a password that is due, and its characters', async (t) => {
  const redis = await redisServer(t, ['--requirepass', 'p@ss/w:rd']);
  await share(t, redis.url.replace('//', `//:${encodeURIComponent('p@ss/w:rd')}@`));
  const outside = replica({ url: redis.url });
  t.teardown(() => outside.close());
  t.is((await outside.read('1', () => Promise.resolve('asked'))).text, 'asked');
  t.false(outside.isUp);
});
