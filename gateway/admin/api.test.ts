import { request } from 'node:http';
import test from 'ava';
import { usualBreaker } from '../guard/schema.ts';
import { adminRig, token } from '../../test/helpers/admin.ts';
import { exchange, fallbackExchange, modernExchange } from '../../test/helpers/exchange.ts';
import { listen } from '../../test/helpers/listen.ts';
import { healthApp } from './api.ts';
import type { Rig } from '../../test/helpers/admin.ts';
import type { FlipResult, OperationRow, ProblemDetails, Readiness, Status } from './shapes.ts';
import type { FlipRequest } from './source.ts';

const weights = { orders: [{ operation: 'GetOrder', weight: 25 }] };
const get = async (rig: Rig, path: string) => {
  const response = await fetch(`${rig.url}${path}`);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    json: await response.json(),
  };
};
const post = async (rig: Rig, body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(`${rig.url}/api/v1/flip`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
  });
  return { status: response.status, json: (await response.json()) as ProblemDetails & FlipResult };
};

test('not ready before the first table, alive all the while', async (t) => {
  const rig = await adminRig(t);
  t.is((await get(rig, '/readyz')).status, 503);
  t.is((await get(rig, '/healthz')).status, 200);
  rig.swap(weights);
  t.is((await get(rig, '/readyz')).status, 200);
});

test('a rejected file is told by readyz, and the gateway stays ready', async (t) => {
  const rig = await adminRig(t);
  rig.swap(weights);
  const problem = { file: 'r.yaml', line: 3, column: 7, path: 'x', message: 'found y', severity: 'error' } as const;
  rig.events.emit({ type: 'config-rejected', at: 1, problems: [problem] });
  const { status, json: body } = await get(rig, '/readyz');
  const json = body as Readiness;
  t.is(status, 200);
  t.deepEqual(json.config.rejected?.problems, [problem]);
  t.is(json.revision, 1);
});

test('not ready while draining', async (t) => {
  const rig = await adminRig(t);
  rig.swap(weights);
  rig.events.emit({ type: 'draining', at: 1 });
  const { status, json: body } = await get(rig, '/readyz');
  const json = body as Readiness;
  t.is(status, 503);
  t.true(json.draining);
});

test('operations show wanted, decided and answered share, fallbacks and both sides', async (t) => {
  const rig = await adminRig(t);
  rig.swap(weights);
  for (let call = 0; call < 6; call += 1) rig.account(exchange());
  rig.account(modernExchange());
  rig.account(fallbackExchange());
  const { json: body } = await get(rig, '/api/v1/operations');
  const json = body as { operations: OperationRow[] };
  const row = json.operations.find(({ target }) => target === 'orders.GetOrder');
  t.is(row?.weight, 25);
  t.is(row?.stage, 'canary');
  t.is(row?.last10s.calls, 8);
  t.is(row?.last10s.decidedModern, 25);
  t.is(row?.last10s.answeredModern, 12.5);
  t.deepEqual(row?.last10s.fallbacks, { '5xx': 1 });
  t.is(row?.last60s.modern.p95, 40 * (1 - 0.1 * (15 / 40)));
  t.is(row?.last60s.legacy.answered, 7);
  t.deepEqual(
    json.operations.map(({ target, weight }) => [target, weight]),
    [
      ['orders.GetOrder', 25],
      ['orders.other', null],
    ],
  );
});

test('calls worth a look are listed without their content', async (t) => {
  const rig = await adminRig(t);
  rig.swap(weights);
  rig.account(exchange());
  rig.account(fallbackExchange({ path: '/secret/path' }));
  const { json: body } = await get(rig, '/api/v1/calls');
  const json = body as { calls: { fallback: string }[] };
  t.deepEqual(
    json.calls.map(({ fallback }) => fallback),
    ['5xx'],
  );
  t.false(JSON.stringify(json).includes('secret'));
});

test('status, routes, events, metrics and the chart answer', async (t) => {
  const rig = await adminRig(t);
  rig.swap(weights);
  rig.account(exchange());
  rig.tick();
  t.is(((await get(rig, '/api/v1/status')).json as Status).revision, 1);
  t.deepEqual(
    ((await get(rig, '/api/v1/routes')).json as { routes: { operations: string[] }[] }).routes[0]?.operations,
    ['GetOrder'],
  );
  t.is(((await get(rig, '/api/v1/events')).json as { events: unknown[] }).events.length, 1);
  t.deepEqual(((await get(rig, '/api/v1/series?target=orders.GetOrder')).json as { legacy: number[] }).legacy, [1]);
  t.is((await get(rig, '/api/v1/series?target=orders.Nope')).status, 404);
  const response = await fetch(`${rig.url}/metrics`);
  t.regex(await response.text(), /^strangler_weight\{route="orders",operation="GetOrder"\} 25$/m);
  t.regex(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
});

test('what is not there is a problem document', async (t) => {
  const { status, type, json: body } = await get(await adminRig(t), '/api/v1/nothing');
  const json = body as ProblemDetails;
  t.is(status, 404);
  t.is(type, 'application/problem+json');
  t.is(json.status, 404);
});

const changed: FlipRequest = (target, weight) =>
  Promise.resolve({ is: 'flipped', target, before: 0, after: weight, file: 'r.yaml', line: 9, revision: 2 });

test('a flip with the token answers what was and what is', async (t) => {
  const rig = await adminRig(t, { flip: changed });
  const { status, json } = await post(rig, { target: 'orders.GetOrder', weight: 0.07, why: 'try' });
  t.is(status, 200);
  t.deepEqual(json, {
    is: 'flipped',
    target: 'orders.GetOrder',
    before: 0,
    after: 0.07,
    file: 'r.yaml',
    line: 9,
    revision: 2,
  } as typeof json);
});

const denied = test.macro({
  async exec(t, headers: Record<string, string>, status: number) {
    let flips = 0;
    const rig = await adminRig(t, {
      flip: (...wanted) => {
        flips += 1;
        return changed(...wanted);
      },
    });
    t.is((await post(rig, { target: 'orders.GetOrder', weight: 5 }, headers)).status, status);
    t.is(flips, 0);
  },
  title: (given) => `a flip is refused ${given}`,
});
test('without a token', denied, { authorization: '' }, 401);
test('with a wrong token', denied, { authorization: 'Bearer test-tokem' }, 401);
test('with a longer token', denied, { authorization: `Bearer ${token}x` }, 401);
test('from a page of another origin', denied, { origin: 'https://evil.example' }, 403);
test('as text/plain, which any page may send', denied, { 'content-type': 'text/plain' }, 415);

const badFlip = test.macro({
  async exec(t, body: unknown, said: RegExp) {
    const { status, json } = await post(await adminRig(t, { flip: changed }), body);
    t.is(status, 400);
    t.regex(json.detail, said);
  },
  title: (given) => `a flip tells what is wrong: ${given}`,
});
test('weight over 100', badFlip, { target: 'a.b', weight: 101 }, /weight is 101; expected a number from 0 to 100/);
test('three decimals', badFlip, { target: 'a.b', weight: 0.001 }, /two decimals/);
test('weight as text', badFlip, { target: 'a.b', weight: '25' }, /weight is "25"/);
test('no operation', badFlip, { target: 'orders', weight: 1 }, /expected 'route.operation'/);
test('an unknown key', badFlip, { target: 'a.b', wieght: 1 }, /unknown key 'wieght'/);
test('no object', badFlip, [1], /not a JSON object/);

const failed = test.macro({
  async exec(t, result: FlipResult, status: number, said: RegExp) {
    const rig = await adminRig(t, { flip: () => Promise.resolve(result) });
    const { status: answered, json } = await post(rig, { target: 'orders.GetOrdr', weight: 1 });
    t.is(answered, status);
    t.regex(json.detail, said);
    t.is(json.is, result.is);
  },
  title: (given) => `a flip that cannot be made says so: ${given}`,
});
test(
  'unknown operation',
  failed,
  { is: 'unknown', target: 'orders.GetOrdr', nearest: 'orders.GetOrder' },
  404,
  /did you mean orders\.GetOrder\?/,
);
test(
  'read-only file',
  failed,
  { is: 'read-only', target: 'a.b', before: 0, after: 1, file: 'r.yaml', line: 1, patch: '-0\n+1' },
  409,
  /r\.yaml may not be written/,
);
test(
  'invalid outcome',
  failed,
  {
    is: 'rejected',
    target: 'a.b',
    problems: [{ file: 'r.yaml', line: 1, column: 2, path: '', message: 'no', severity: 'error' }],
  },
  422,
  /r\.yaml:1:2 no/,
);

test('a bug is told to the log, not to the caller', async (t) => {
  const rig = await adminRig(t, { flip: () => Promise.reject(new Error('inner secret')) });
  const { status, json } = await post(rig, { target: 'a.b', weight: 1 });
  t.is(status, 500);
  t.false(JSON.stringify(json).includes('secret'));
  t.is((rig.unforeseen[0] as Error).message, 'inner secret');
});

const withHost = (rig: Rig, host: string, headers: Record<string, string> = {}): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(`${rig.url}/api/v1/status`, { headers: { host, ...headers } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

test('a foreign name on loopback is refused, as DNS rebinding would bring it', async (t) => {
  const rig = await adminRig(t);
  t.is(await withHost(rig, 'evil.example'), 403);
  t.is(await withHost(rig, 'localhost.evil.example:9090'), 403);
  t.is(await withHost(rig, 'localhost:9090'), 200);
  t.is(await withHost(rig, '[::1]:9090'), 200);
});

test('a browser that calls a request cross-site is refused, also for reading', async (t) => {
  const rig = await adminRig(t);
  t.is(await withHost(rig, 'localhost', { 'sec-fetch-site': 'cross-site' }), 403);
  t.is(await withHost(rig, 'localhost', { 'sec-fetch-site': 'same-origin' }), 200);
});

test('the health listener knows three paths and nothing else', async (t) => {
  const rig = await adminRig(t);
  rig.swap(weights);
  const callback = healthApp(
    {
      ready: () => ({
        ready: true,
        revision: 1,
        draining: false,
        state: 'memory',
        config: { rejected: null, warnings: [], restartNeeded: [] },
      }),
      metrics: {
        type: 'text/plain',
        slices: async function* () {
          yield 'x 1\n';
        },
      },
    },
    (error) => t.fail(String(error)),
  ).callback();
  const url = await listen(t, (incoming, response) => void callback(incoming, response));
  const statuses = await Promise.all(
    ['/healthz', '/readyz', '/metrics', '/api/v1/status', '/'].map(async (path) => (await fetch(url + path)).status),
  );
  t.deepEqual(statuses, [200, 200, 200, 404, 404]);
});

const guarded = (rig: Awaited<ReturnType<typeof adminRig>>): void => {
  const draft = rig.breakers.draft();
  for (const operation of ['GetOrder', 'GET /orders/{id}'])
    draft.of({ destination: 'new', operation, address: '', patience: 1, settings: usualBreaker() });
  draft.keep();
};
const hold = (rig: { readonly url: string }, how: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${rig.url}/api/v1/breakers/${how}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify(body),
  });

test('a breaker is held open by hand, told as an event, and let go', async (t) => {
  const rig = await adminRig(t);
  guarded(rig);
  const told: unknown[] = [];
  rig.events.on((event) => told.push(event));
  const answer = await hold(rig, 'open', { target: 'new/GET /orders/{id}', why: 'a migration' });
  const row = { target: 'new/GET /orders/{id}', destination: 'new', operation: 'GET /orders/{id}', opened: 1 };
  t.deepEqual(await answer.json(), { breakers: [{ ...row, state: 'open', forced: 'open' }] });
  t.like(told[0], { type: 'breaker-changed', state: 'open', by: 'hand', why: 'a migration', openFor: null });
  const listed = await (await fetch(`${rig.url}/api/v1/breakers`)).json();
  t.deepEqual(listed, { breakers: [{ ...row, state: 'open', forced: 'open' }] });
  t.like(await (await hold(rig, 'auto', { target: 'new' })).json(), { breakers: { 1: { forced: null } } });
});

const unheld = test.macro({
  async exec(t, how: string, body: unknown, status: number, detail: RegExp, headers: Record<string, string> = {}) {
    const rig = await adminRig(t);
    guarded(rig);
    const answer = await hold(rig, how, body, headers);
    t.is(answer.status, status);
    t.regex(((await answer.json()) as { detail: string }).detail, detail);
    t.true([...rig.breakers.all].every(({ forced }) => forced === null));
  },
  title: (given = '') => `a breaker is not held ${given}`,
});
test('without the token', unheld, 'open', { target: 'new' }, 401, /./, { authorization: '' });
test('where there is none', unheld, 'open', { target: 'new/GetOrdr' }, 404, /did you mean new\/GetOrder\?/);
test('in another way', unheld, 'ajar', { target: 'new' }, 404, /expected open, close or auto/);
test('without a target', unheld, 'open', {}, 400, /expected 'destination' or 'destination\/operation'/);
test('by a key nobody knows', unheld, 'close', { target: 'new', reason: 'x' }, 400, /unknown key 'reason'/);
