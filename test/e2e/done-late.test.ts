// Hazard: a write that nobody waits for any more is carried out all the same, a little later. What was read in between was kept as it was
// before, on every replica and in what they share, for the whole of its time.
import { setTimeout as wait } from 'node:timers/promises';
import anyTest, { type ExecutionContext } from 'ava';
import { where } from '../helpers/components.ts';
import { eventually } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { listen } from '../helpers/listen.ts';
import { plainReplica } from '../helpers/plain-replica.ts';
import { redisServer } from '../helpers/redis-server.ts';
import { replica, type Replica, type ReplicaSetup } from '../helpers/replica.ts';

const test = where(anyTest, 'redis');

const three = async (t: ExecutionContext, one: (setup: ReplicaSetup) => Replica) => {
  const { url } = await redisServer(t);
  const all = [1, 2, 3].map(() => one({ url }));
  t.teardown(() => all.forEach((each) => each.close()));
  await eventually(() => all.every(({ isCurrent, isUp }) => isCurrent && isUp), 20_000);
  return all;
};

const law = anyTest.macro<[(setup: ReplicaSetup) => Replica]>({
  title: (of = '') => `what is done late is given as it was before for no longer than as late again${of}`,
  async exec(t, one) {
    const all = await three(t, one);
    let held = 'old';
    const read = (): Promise<string[]> =>
      Promise.all(all.map(async (each) => (await each.read('7', () => Promise.resolve(held))).text));
    await all[0]!.write('7', () => Promise.resolve(), true);
    t.deepEqual(await read(), ['old', 'old', 'old'], 'kept by all, and in what they share');
    await wait(300);
    held = 'new';
    t.deepEqual(await read(), ['old', 'old', 'old'], 'nobody knows of it yet');
    await wait(2500); // due after a second; two beats of the clock more, for a slow machine
    t.deepEqual(await read(), ['new', 'new', 'new']);
  },
});

test('', law, replica);
test(' (plain HTTP)', law, (setup) => plainReplica({ ...setup, names: true }));

/** One address behind a gateway; a write of it is done after 700 ms, whoever may wait for it. */
const slowlyWritten = async (t: ExecutionContext, settings: string) => {
  const at = { held: 'old' };
  const origin = await listen(t, (request, response) => {
    const act = (): void => {
      at.held = 'new';
      response.end('done');
    };
    if (request.method === 'GET') response.end(at.held);
    else setTimeout(act, 700);
  });
  const file = (more: string) => `
destinations: { old: { adapter: http, url: '${origin}'${settings} } }
routes:
  api:
    match: { path: /** }
    legacy: old
    operations: { 'GET /x/{id}': { cache: { ttl: 1m } }${more} }`;
  const gateway = await gatewayHere(t, file(''));
  const url = `${gateway.url}/x/7`;
  const get = async () => await (await fetch(url)).text();
  t.is(await get(), 'old');
  return { at, url, get, save: (more: string) => gateway.save(file(more)) };
};

anyTest('so it is behind a gateway whose file is saved meanwhile', async (t) => {
  const { at, url, get, save } = await slowlyWritten(t, ', timeout: 200ms');
  t.is((await fetch(url, { method: 'PUT', body: '{}' })).status, 504);
  t.is(await get(), 'old', 'and kept');
  await save(", 'GET /y': {}");
  await wait(600);
  t.is(at.held, 'new');
  await eventually(async () => (await get()) === 'new', 5000);
});

for (const [method, body] of [
  ['PUT', '{}'],
  ['DELETE', null],
] as const)
  anyTest(`so it is where the client of a ${method} does not wait`, async (t) => {
    const { at, url, get } = await slowlyWritten(t, '');
    await t.throwsAsync(fetch(url, { method, body, signal: AbortSignal.timeout(200) }));
    await wait(100);
    t.is(await get(), 'old', 'and kept');
    await wait(600);
    t.is(at.held, 'new');
    await eventually(async () => (await get()) === 'new', 5000);
  });
