import test from 'ava';
import { plainEvents } from '../../test/helpers/events.ts';
import { exchange, modernExchange } from '../../test/helpers/exchange.ts';
import { tableOf } from '../../test/helpers/table.ts';
import { counters } from '../telemetry/counters.ts';
import { health } from '../telemetry/health.ts';
import { recent } from '../telemetry/recent.ts';
import { slots } from '../telemetry/slots.ts';
import { figures, operationRows, readiness, status } from './views.ts';

const counting = () => {
  const counted = counters();
  const rolling = recent(counted, 0);
  return { counted, span: () => rolling.last(10_000, 2_000) };
};

test('without calls there is no share and no latency, rather than zero', (t) => {
  const { span } = counting();
  const empty = figures(span(), 0);
  t.is(empty.decidedModern, null);
  t.is(empty.answeredModern, null);
  t.is(empty.legacy.p95, null);
  t.is(empty.callsPerSecond, 0);
});

test('rates are per second of the time that was really covered', (t) => {
  const { counted, span } = counting();
  for (let call = 0; call < 10; call += 1) counted.account(exchange());
  t.is(figures(span(), 0).callsPerSecond, 5);
});

test('errors are calls whose client got no answer, whoever was to give it', (t) => {
  const { counted, span } = counting();
  counted.account(exchange({ outcome: 'unavailable', by: 'gateway' }));
  counted.account(modernExchange({ outcome: 'server-error' }));
  counted.account(exchange({ outcome: 'cut' }));
  for (const outcome of ['fault', 'client-error', 'refused', 'client-left'] as const)
    counted.account(exchange({ outcome }));
  t.is(figures(span(), 0).errors, 3);
});

test('figures of one operation do not leak into its neighbours', (t) => {
  const { counted, span } = counting();
  counted.account(exchange({ slot: 1, undecided: 'mismatch' }));
  t.deepEqual(
    [0, 1, 2].map((slot) => figures(span(), slot).calls),
    [0, 1, 0],
  );
});

test('before the first table nothing is ready and there are no operations', (t) => {
  const state = health(plainEvents());
  const { span } = counting();
  t.false(readiness(null, state).ready);
  t.deepEqual(operationRows(null, { last10s: span(), last60s: span() }), []);
});

test('status names what is killed', (t) => {
  const gateway = { version: '1', node: 'v26', pid: 1, startedAt: 0 };
  const table = { ...tableOf({ orders: [] }, slots(), 4), killed: new Set(['orders']) };
  const seen = status(table, health(plainEvents()), { gateway, now: 9, urls: [] });
  t.deepEqual([seen.killed, seen.revision, seen.now], [['orders'], 4, 9]);
});
