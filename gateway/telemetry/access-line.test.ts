import test from 'ava';
import * as fc from 'fast-check';
import { exchange, fallbackExchange } from '../../test/helpers/exchange.ts';
import { outcomes } from '../exchange.ts';
import { accessLine, lineLevel } from './access-line.ts';

test('a line tells the decision, every attempt and the outcome', (t) => {
  const line: unknown = JSON.parse(accessLine(fallbackExchange({ error: null, traceparent: '00-ab-cd-01' }), 1_700));
  t.deepEqual(line, {
    level: 40,
    time: 1_700,
    msg: 'call',
    route: 'orders',
    operation: 'GetOrder',
    side: 'modern',
    reason: 'weight',
    bucket: 12,
    cohort: 'soapHeader:ClientId',
    by: 'legacy',
    status: 200,
    outcome: 'ok',
    ms: 52,
    attempts: ['modern:orders-modern 503 5xx 40ms', 'legacy:orders-legacy 200 - 11ms'],
    fallback: '5xx',
    undecided: null,
    error: null,
    revision: 1,
    method: 'POST',
    path: '/OrderService.svc',
    traceparent: '00-ab-cd-01',
  });
});

test('whatever a client sends, a call is one line of valid JSON', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (path, traceparent) => {
      const line = accessLine(exchange({ path, traceparent, method: path }), 1);
      t.is(line.indexOf('\n'), line.length - 1);
      const read = JSON.parse(line) as { path: string; traceparent: string };
      t.is(read.path, path);
      t.is(read.traceparent, traceparent);
    }),
    { numRuns: 300 },
  );
});

test('what the client did not get is an error, a fallback a warning, a fault of the business neither', (t) => {
  t.deepEqual(
    outcomes.map((outcome) => [outcome, lineLevel(exchange({ outcome }))]),
    [
      ['ok', 30],
      ['fault', 30],
      ['client-error', 30],
      ['server-error', 50],
      ['refused', 40],
      ['unavailable', 50],
      ['cut', 50],
      ['client-left', 30],
    ],
  );
  t.is(lineLevel(fallbackExchange()), 40);
});

test('times are told to a tenth of a millisecond', (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (ms) => {
      const { ms: told } = JSON.parse(accessLine(exchange({ ms }), 1)) as { ms: number };
      t.is(told, Math.round(ms * 10) / 10);
    }),
    { numRuns: 300 },
  );
});
