import { heldBytes } from '../forward/held-bytes.ts';
import { turnedAwayCounts } from './turned-away.ts';
import test from 'ava';
import { plainEvents } from '../../test/helpers/events.ts';
import { exchange, fallbackExchange, modernExchange } from '../../test/helpers/exchange.ts';
import { tableOf } from '../../test/helpers/table.ts';
import { catalogue } from './catalogue.ts';
import { counters } from './counters.ts';
import { health } from './health.ts';
import { metrics } from './metrics.ts';
import { slots } from './slots.ts';
import { breakers } from '../guard/breakers.ts';
import { usualBreaker } from '../guard/schema.ts';

const measured = () => {
  const all = slots();
  const table = tableOf(
    {
      orders: [
        { operation: 'GetOrder', weight: 25 },
        { operation: 'PlaceOrder', weight: 10, killed: true },
      ],
    },
    all,
  );
  const events = plainEvents();
  const guards = breakers({ steady: () => 0, wall: () => 0, chance: () => 0, events });
  const parts = {
    counters: counters(),
    slots: all,
    health: health(events),
    table: () => table,
    breakers: () => guards.all,
    again: () => [],
    bulkheads: () => [],
    budgets: () => [],
    held: heldBytes(() => 0),
    turnedAway: turnedAwayCounts(),
    cache: { bytes: 0, entries: 0 },
    inFlight: () => [['orders-legacy', 3, null] as const, ['orders-handler', 2, 1] as const],
    urls: () => [],
    dropped: () => 0,
  };
  const text = async (): Promise<string> => {
    let written = '';
    for await (const one of metrics(parts, { process: false }).slices()) written += one;
    return written;
  };
  return { ...parts, guards, events, text };
};

test('a log that cannot be written shows before a line is lost', async (t) => {
  const { events, text } = measured();
  t.true((await text()).split('\n').includes('strangler_log_up 1'));
  events.emit({ type: 'log-changed', at: 0, isUp: false, why: 'ENOSPC: no space left on device, write' });
  t.true((await text()).split('\n').includes('strangler_log_up 0'));
});

test('calls, decisions and fallbacks appear under the names of the catalogue', async (t) => {
  const { counters: counted, text } = measured();
  counted.account(exchange());
  counted.account(modernExchange());
  counted.account(fallbackExchange());
  const lines = (await text()).split('\n');
  for (const line of [
    'strangler_requests_total{route="orders",operation="GetOrder",outcome="ok",side="legacy"} 2',
    'strangler_requests_total{route="orders",operation="GetOrder",outcome="ok",side="modern"} 1',
    'strangler_decisions_total{route="orders",operation="GetOrder",side="modern"} 2',
    'strangler_fallbacks_total{route="orders",operation="GetOrder",reason="5xx"} 1',
    'strangler_attempt_duration_seconds_count{destination="orders-modern",operation="GetOrder"} 2',
    'strangler_attempt_duration_seconds_sum{destination="orders-modern",operation="GetOrder"} 0.043',
    'strangler_request_duration_seconds_bucket{route="orders",operation="GetOrder",side="legacy",le="0.015"} 1',
    'strangler_request_duration_seconds_bucket{route="orders",operation="GetOrder",side="legacy",le="+Inf"} 2',
    'strangler_in_flight{destination="orders-legacy"} 3',
    'strangler_overdue{destination="orders-handler"} 1',
  ])
    t.true(lines.includes(line), line);
});

test('a kill shows as weight 0 in force beside the weight of the file', async (t) => {
  const lines = (await measured().text()).split('\n');
  for (const line of [
    'strangler_weight{route="orders",operation="GetOrder"} 25',
    'strangler_weight{route="orders",operation="PlaceOrder"} 0',
    'strangler_weight_configured{route="orders",operation="PlaceOrder"} 10',
    'strangler_killed{route="orders",operation="PlaceOrder"} 1',
    'strangler_stage{route="orders",operation="GetOrder",stage="canary"} 1',
    'strangler_stage{route="orders",operation="GetOrder",stage="live"} 0',
  ])
    t.true(lines.includes(line), line);
});

test('undecided calls of all slots of a route are one series per reason', async (t) => {
  const { counters: counted, slots: all, text } = measured();
  counted.account(exchange({ undecided: 'mismatch' }));
  counted.account(exchange({ undecided: 'mismatch', slot: all.of('orders', 'other') }));
  t.regex(await text(), /^strangler_undecided_total\{route="orders",reason="mismatch"\} 2$/m);
});

test('a rejected file turns the last reload to 0', async (t) => {
  const { events, text } = measured();
  t.regex(await text(), /^strangler_config_last_reload_success 1$/m);
  events.emit({ type: 'config-rejected', at: 1, problems: [] });
  const rejected = await text();
  t.regex(rejected, /^strangler_config_last_reload_success 0$/m);
  t.regex(rejected, /^strangler_config_reloads_total\{result="rejected"\} 1$/m);
});

test('every name of the catalogue is announced with its type and help', async (t) => {
  const all = await measured().text();
  for (const { name, type } of catalogue) {
    t.true(all.includes(`# TYPE ${name} ${type}\n`), name);
    t.true(all.includes(`# HELP ${name} `), name);
  }
});

test('names of an operation that need escaping stay one label', async (t) => {
  const { counters: counted, slots: all, text } = measured();
  counted.account(exchange({ slot: all.of('api', 'GET /a"b\\c') }));
  t.true((await text()).includes('operation="GET /a\\"b\\\\c"'));
});

test('a breaker is a series once it has something to tell', async (t) => {
  const { guards, text } = measured();
  const draft = guards.draft();
  const made = ['GetOrder', 'PlaceOrder'].map((operation) =>
    draft.of({ destination: 'new', operation, address: '', patience: 1, settings: usualBreaker() }),
  );
  draft.keep();
  t.false((await text()).includes('strangler_breaker_state{'));
  made[0]?.force('open', '');
  const lines = (await text()).split('\n').filter((line) => line.startsWith('strangler_breaker_'));
  t.deepEqual(lines, [
    'strangler_breaker_state{destination="new",operation="GetOrder"} 2',
    'strangler_breaker_changes_total{destination="new",operation="GetOrder",state="closed"} 0',
    'strangler_breaker_changes_total{destination="new",operation="GetOrder",state="half-open"} 0',
    'strangler_breaker_changes_total{destination="new",operation="GetOrder",state="open"} 1',
  ]);
});
