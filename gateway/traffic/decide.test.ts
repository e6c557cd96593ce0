import test from 'ava';
import * as fc from 'fast-check';
import { plainCall } from '../../test/helpers/plain-call.ts';
import type { Call } from '../../adapters/adapter.ts';
import { bucket } from './bucket.ts';
import { decide } from './decide.ts';
import { signPin } from './pin.ts';
import type { Traffic } from './traffic.ts';

const quarter: Traffic = {
  route: 'orders',
  id: 'orders.GetOrder',
  salt: 'orders/GetOrder',
  points: 2500,
  cohort: [{ from: 'header', name: 'x-client-id' }],
  include: new Set(),
  exclude: new Set(),
  connections: 'legacy',
  sides: 'both',
  killed: false,
  session: null,
  pinSecret: null,
  trusts: () => false,
};
const now = (): number => 1_700_000_000_000;
const never = (): number => {
  throw new Error('nobody should have asked');
};
const from = (client: string, ...raw: string[]): Call => plainCall({ raw: ['X-Client-Id', client, ...raw] });
const side = (traffic: Traffic, client: string): string => decide(from(client), traffic, never, never).side;

// Under this salt `acme` stands at 8,010: legacy by weight.
const pin = (to: 'legacy' | 'modern'): string[] => ['X-Strangler-Pin', signPin('s', to, 1_800_000_000)];
const listed = (...keys: string[]): ReadonlySet<string> => new Set(keys);

test('the bucket against the weight decides, and says where the client stands', (t) => {
  const place = bucket('orders/GetOrder', 'acme');
  const expected = { reason: 'weight', bucket: place, cohort: 'header:x-client-id' };
  t.deepEqual(decide(from('acme'), { ...quarter, points: place }, never, never), {
    side: 'legacy',
    ...expected,
  } as const);
  t.deepEqual(decide(from('acme'), { ...quarter, points: place + 1 }, never, never), {
    side: 'modern',
    ...expected,
  } as const);
});

const beats = test.macro(
  (t, traffic: Partial<Traffic>, raw: readonly string[], expected: readonly [string, string]) => {
    const decision = decide(from('acme', ...raw), { ...quarter, ...traffic }, never, now);
    t.deepEqual([decision.side, decision.reason], [...expected]);
  },
);
const kept = { exclude: listed('acme') };
const sent = { include: listed('acme') };
test('a kill beats a pin', beats, { killed: true, pinSecret: 's' }, pin('modern'), ['legacy', 'kill']);
test('a kill beats an include', beats, { killed: true, ...sent }, [], ['legacy', 'kill']);
test('a kill beats the full weight', beats, { killed: true, points: 10_000 }, [], ['legacy', 'kill']);
test(
  'a kill is named even where legacy is the only side',
  beats,
  { killed: true, sides: 'legacy' },
  [],
  ['legacy', 'kill'],
);
test(
  'a kill cannot bring back a legacy that is retired',
  beats,
  { killed: true, sides: 'modern' },
  [],
  ['modern', 'only'],
);
test('a pin beats the weight', beats, { points: 0, pinSecret: 's' }, pin('modern'), ['modern', 'pin']);
test('a pin to legacy beats the full weight', beats, { points: 10_000, pinSecret: 's' }, pin('legacy'), [
  'legacy',
  'pin',
]);
test('a pin beats an exclude', beats, { pinSecret: 's', ...kept }, pin('modern'), ['modern', 'pin']);
test('a pin beats an include', beats, { pinSecret: 's', ...sent }, pin('legacy'), ['legacy', 'pin']);
test('a pin cannot reach a side that is not there', beats, { pinSecret: 's', sides: 'legacy' }, pin('modern'), [
  'legacy',
  'only',
]);
test('a pin without a secret in the file is only a header', beats, { points: 0 }, pin('modern'), ['legacy', 'weight']);
test('a pin of another secret is only a header', beats, { points: 0, pinSecret: 'x' }, pin('modern'), [
  'legacy',
  'weight',
]);
test('an exclude beats an include', beats, { ...kept, ...sent }, [], ['legacy', 'exclude']);
test('an exclude beats the full weight', beats, { points: 10_000, ...kept }, [], ['legacy', 'exclude']);
test('an include beats a weight of 0', beats, { points: 0, ...sent }, [], ['modern', 'include']);
test(
  'lists that name others leave the weight to decide',
  beats,
  { exclude: listed('b'), include: listed('c') },
  [],
  ['legacy', 'weight'],
);
test('one side: modern', beats, { sides: 'modern', points: 0 }, [], ['modern', 'only']);
test('one side: legacy', beats, { sides: 'legacy', points: 10_000 }, [], ['legacy', 'only']);

const aBond = {
  identified: true,
  answered: () => undefined,
  onOver: () => undefined,
  end: () => undefined,
} as const;
const bound = test.macro(
  (t, traffic: Partial<Traffic>, began: 'legacy' | 'modern' | null, expected: readonly [string, string]) => {
    const bond = { ...aBond, of: (route: string) => ({ side: route === 'orders' ? began : null, asker: null }) };
    const call = from('acme');
    const decision = decide({ ...call, client: { ...call.client, bond } }, { ...quarter, ...traffic }, never, now);
    t.deepEqual([decision.side, decision.reason], [...expected]);
  },
);
const all = { points: 10_000 };
const keeps = { connections: 'held' } as const;
test('a connection that says who calls is legacy’s, whatever the weight', bound, all, null, ['legacy', 'connection']);
test('and whatever an include says', bound, { ...all, ...sent }, null, ['legacy', 'connection']);
test('unless it goes with the call: then the weight decides', bound, { ...all, ...keeps }, null, ['modern', 'weight']);
test('which does not move it from legacy', bound, { ...all, ...keeps }, 'legacy', ['legacy', 'connection']);
test('nor from modern', bound, { points: 1, ...keeps }, 'modern', ['modern', 'connection']);
test('a side of another route is none here', bound, { ...all, ...keeps, route: 'invoices' }, 'legacy', [
  'modern',
  'weight',
]);
test('but modern keeps nobody without a weight', bound, { points: 0, ...keeps }, 'modern', ['legacy', 'weight']);
const asked = test.macro((t, traffic: Partial<Traffic>, expected: readonly [string, string]) => {
  const bond = { ...aBond, of: () => ({ side: 'legacy', asker: 'modern' }) as const };
  const call = from('acme', ...pin('legacy'));
  const decision = decide({ ...call, client: { ...call.client, bond } }, { ...quarter, ...traffic }, never, now);
  t.deepEqual([decision.side, decision.reason], [...expected]);
});
test('half a handshake ends where it began, though there is no weight any more', asked, { points: 0, ...keeps }, [
  'modern',
  'connection',
]);
test('and whatever a pin or an exclude says', asked, { ...keeps, ...kept, pinSecret: 's' }, ['modern', 'connection']);
test('a kill beats half a handshake', asked, { ...keeps, killed: true }, ['legacy', 'kill']);
test('an exclude beats a connection', bound, { ...keeps, ...kept }, 'modern', ['legacy', 'exclude']);
test('an include beats a connection', bound, { points: 1, ...keeps, ...sent }, 'legacy', ['modern', 'include']);
test('a kill beats a connection', bound, { ...keeps, killed: true }, 'modern', ['legacy', 'kill']);
test('nobody asks who it is where it is ignored', bound, { ...all, connections: 'ignored' }, 'legacy', [
  'modern',
  'weight',
]);

test('at 0 and at 100 % nobody’s key is looked for', (t) => {
  const blind: Call = {
    ...plainCall(),
    header: () => {
      throw new Error('nobody should have looked');
    },
  };
  t.is(decide(blind, { ...quarter, points: 0 }, never, never).side, 'legacy');
  t.is(decide(blind, { ...quarter, points: 10_000 }, never, never).side, 'modern');
});

test('a call without a key is drawn, and only then', (t) => {
  const drawn = { reason: 'draw', bucket: null, cohort: null };
  t.deepEqual(
    decide(plainCall(), quarter, () => 0.2499, never),
    { side: 'modern', ...drawn } as const,
  );
  t.deepEqual(
    decide(plainCall(), quarter, () => 0.25, never),
    { side: 'legacy', ...drawn } as const,
  );
});

test('no draw goes to modern at 0, or to legacy at 100 %, even where lists are kept', (t) => {
  const lists = { include: listed('b'), exclude: listed('c') };
  t.is(decide(plainCall(), { ...quarter, ...lists, points: 0 }, () => 0, never).side, 'legacy');
  t.is(decide(plainCall(), { ...quarter, ...lists, points: 10_000 }, () => 1 - Number.EPSILON, never).side, 'modern');
});

test('the decision never holds the key', (t) => {
  const secret = 'anna.schmidt@example.com';
  for (const traffic of [quarter, { ...quarter, include: listed(secret) }, { ...quarter, exclude: listed(secret) }]) {
    t.false(JSON.stringify(decide(from(secret), traffic, never, never)).includes('anna'));
  }
});

const key = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '');
const points = fc.integer({ min: 0, max: 10_000 });

test('raising a weight never sends a modern client back, lowering it never sends a legacy one on', (t) => {
  fc.assert(
    fc.property(key, points, points, (client, one, other) => {
      const low = side({ ...quarter, points: Math.min(one, other) }, client);
      const high = side({ ...quarter, points: Math.max(one, other) }, client);
      t.false(low === 'modern' && high === 'legacy');
    }),
    { numRuns: 300 },
  );
});

test('25 % is a quarter of 2,000 clients, within binomial bounds', (t) => {
  const modern = Array.from({ length: 2000 }, (_, i) => side(quarter, `client-${i}`)).filter(
    (one) => one === 'modern',
  ).length;
  t.true(Math.abs(modern - 500) < 4 * Math.sqrt(2000 * 0.25 * 0.75), `${modern} of 2,000`);
});

test('a client’s sides on two operations are independent', (t) => {
  // Chi-squared over a 2 × 2 table of fixed keys, 1 degree of freedom: 10.8 is the 0.1 % point.
  const other = { ...quarter, salt: 'orders/ListOrders' };
  const cells = [0, 0, 0, 0];
  for (let i = 0; i < 4000; i++) {
    const cell =
      (side(quarter, `client-${i}`) === 'modern' ? 2 : 0) + (side(other, `client-${i}`) === 'modern' ? 1 : 0);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  const [a = 0, b = 0, c = 0, d = 0] = cells;
  const chiSquared = (4000 * (a * d - b * c) ** 2) / ((a + b) * (c + d) * (a + c) * (b + d));
  t.true(chiSquared < 10.8, `${chiSquared} of ${cells.join(', ')}`);
});
