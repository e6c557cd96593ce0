import test from 'ava';
import { adminRig, token, type Rig } from '../../test/helpers/admin.ts';
import { exchange } from '../../test/helpers/exchange.ts';
import { cacheInspect, cachePurge, cacheStats } from '../cli/commands/cache.ts';
import type { ExecutionContext } from 'ava';
import type { Entry } from '../cache/entry.ts';

const entry = (of: string, tags: readonly string[]): Entry => ({
  status: 200,
  reason: 'OK',
  raw: ['Content-Type', 'text/xml', 'X-Secret', 'hidden'],
  body: Buffer.from('<secret/>'),
  keepable: { fault: null, relatesTo: null },
  by: 'legacy',
  destination: 'old',
  of,
  storedAt: 1000,
  freshUntil: 2000,
  staleUntil: 3000,
  errorUntil: 4000,
  tags,
});

const filled = async (t: ExecutionContext): Promise<Rig> => {
  const rig = await adminRig(t);
  rig.swap({
    orders: [
      { operation: 'GetOrder', weight: 0, tags: ['GetOrder', 'GetOrder:{orderId}'] },
      { operation: 'PlaceOrder', weight: 0 },
    ],
    bills: [{ operation: 'GetBill', weight: 0, tags: ['GetBill'] }],
  });
  const reading = rig.memory.begin();
  for (const id of [7, 8])
    rig.memory.put(`k${id}`, entry('orders.GetOrder', ['c:GetOrder', `c:GetOrder:orderId=["${id}"]`]), reading);
  rig.memory.put('b', entry('bills.GetBill', ['d:GetBill']), reading);
  rig.memory.done(reading);
  return rig;
};
const purge = (rig: Rig, body: unknown, headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
  fetch(`${rig.url}/api/v1/cache/purge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const purged: readonly (readonly [object, number, readonly string[]])[] = [
  [{ all: true }, 3, []],
  [{ key: 'k7' }, 1, ['k8', 'b']],
  [{ key: 'none' }, 0, ['k7', 'k8', 'b']],
  [{ tag: 'GetOrder:7' }, 1, ['k8', 'b']],
  [{ tag: 'GetOrder:none' }, 0, ['k7', 'k8', 'b']],
  [{ operation: 'orders.PlaceOrder' }, 0, ['k7', 'k8', 'b']],
  [{ operation: 'orders.GetOrder' }, 2, ['b']],
  [{ route: 'bills' }, 1, ['k7', 'k8']],
];
for (const [what, count, left] of purged)
  test(`a purge by ${JSON.stringify(what)} takes back ${count}, and is told`, async (t) => {
    const rig = await filled(t);
    const told: unknown[] = [];
    rig.events.on((event) => told.push(event));
    const answer = await purge(rig, { ...what, why: 'a bad batch' });
    t.is(answer.status, 200);
    t.like(await answer.json(), { purged: count, before: { entries: 3 }, after: { entries: 3 - count, bound: 1e6 } });
    t.deepEqual(
      ['k7', 'k8', 'b'].filter((key) => rig.memory.peek(key) !== undefined),
      left,
    );
    t.like(told[0], { type: 'cache-purged', entries: count, why: 'a bad batch' });
  });

const mistakes: readonly (readonly [object, number, RegExp])[] = [
  [{}, 400, /exactly one/],
  [{ all: true, key: 'k7' }, 400, /exactly one/],
  [{ all: false }, 400, /all is not true/],
  [{ key: 7 }, 400, /key is 7/],
  [{ keys: 'k7' }, 400, /unknown key 'keys'/],
  [{ operation: 'orders.GetOrdr' }, 404, /did you mean orders\.GetOrder/],
  [{ route: 'order' }, 404, /did you mean orders/],
  [{ route: 'xyz' }, 404, /there is no route 'xyz'; expected orders, bills$/],
  [{ operation: 'GetOrder' }, 404, /there is no operation 'GetOrder'; did you mean orders\.GetOrder\?/],
  [{ operation: 'xyz' }, 404, /expected orders\.GetOrder, orders\.PlaceOrder, bills\.GetBill$/],
  [{ tag: 'GetOrdr:7' }, 404, /there is no tag 'GetOrdr:7'; did you mean GetOrder\?/],
  [{ tag: 'PlaceOrder' }, 404, /expected GetOrder, GetOrder:\{orderId\}, GetBill$/],
  [{ tag: '/orders/7' }, 404, /expected GetOrder, /],
  [{ tag: 'GetBill:7' }, 404, /did you mean GetBill\?/],
];
for (const [what, status, detail] of mistakes)
  test(`a purge by ${JSON.stringify(what)} is a mistake`, async (t) => {
    const rig = await filled(t);
    const answer = await purge(rig, what);
    t.is(answer.status, status);
    t.regex(((await answer.json()) as { detail: string }).detail, detail);
    t.is(rig.memory.entries, 3);
  });

test('a purge takes the token', async (t) => {
  const rig = await filled(t);
  t.is((await purge(rig, { all: true }, {})).status, 401);
  t.is(rig.memory.entries, 3);
});

test('a kept answer is shown without its content', async (t) => {
  const rig = await filled(t);
  const answer = await fetch(`${rig.url}/api/v1/cache/k7`);
  const text = await answer.text();
  t.like(JSON.parse(text), {
    target: 'orders.GetOrder',
    side: 'legacy',
    contentType: 'text/xml',
    length: 9,
    freshUntil: 2000,
    tags: ['GetOrder', 'GetOrder:7'],
  });
  t.notRegex(text, /secret|hidden/i);
  t.is((await fetch(`${rig.url}/api/v1/cache/none`)).status, 404);
});

const captured = () => {
  const written = { out: '', err: '' };
  return {
    stdout: { write: (text: string) => (written.out += text) },
    stderr: { write: (text: string) => (written.err += text) },
    written,
  };
};

test('strangler cache prints what is kept, one answer, and before and after of a purge', async (t) => {
  const rig = await filled(t);
  for (const cache of ['hit', 'miss', 'hit', 'bypass'] as const)
    rig.account(exchange({ route: 'orders', operation: 'GetOrder', cache }));
  const options = { admin: rig.url, token };
  const [stats, one, gone, none, wrong] = [captured(), captured(), captured(), captured(), captured()];
  t.is(await cacheStats(options, stats), 0);
  t.regex(stats.written.out, /^3 answers, 0\.0 of 1\.0 MB\n/);
  t.is(await cacheInspect({ ...options, key: 'k7' }, one), 0);
  t.regex(one.written.out, /freshUntil +1970-01-01T00:00:02\.000Z\n/);
  t.regex(one.written.out, /tags +GetOrder GetOrder:7\n/);
  t.is(await cachePurge({ ...options, tag: 'GetOrder:7' }, gone), 0);
  t.regex(gone.written.out, /^purged 1: 3 answers, .* -> 2 answers, /);
  t.is(await cacheInspect({ ...options, key: 'k7' }, none), 1);
  t.is(await cachePurge({ ...options, tag: 'a', key: 'b' }, wrong), 2);
  t.is(await cachePurge({ ...options, route: 'order' }, wrong), 2);
  t.is(await cachePurge({ ...options, tag: 'GetOrdr:7' }, wrong), 2);
  t.regex(wrong.written.err, /did you mean orders.*did you mean GetOrder/s);
});

test('figures of an operation tell the share that memory answered', async (t) => {
  const rig = await filled(t);
  for (const cache of ['hit', 'miss', 'stale', 'bypass'] as const)
    rig.account(exchange({ route: 'orders', operation: 'GetOrder', cache }));
  const { operations } = (await (await fetch(`${rig.url}/api/v1/operations`)).json()) as {
    operations: { target: string; last60s: { fromMemory: number | null } }[];
  };
  const share = (of: string) => operations.find(({ target }) => target === of)?.last60s.fromMemory;
  t.is(share('orders.GetOrder'), 50);
  t.is(share('bills.GetBill'), null);
});
