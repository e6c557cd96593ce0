import test from 'ava';
import * as fc from 'fast-check';
import { plainCall } from '../../../test/helpers/plain-call.ts';
import { allowed } from './deadlines.ts';
import { longest } from './longest.ts';
import type { DeadlineSettings } from './schema.ts';

const of = (more: Partial<DeadlineSettings>): DeadlineSettings => ({
  total: Infinity,
  header: null,
  unit: 1,
  callers: Infinity,
  reserve: 100,
  ...more,
});

test('where all say the same that holds, and their callers’ word', (t) => {
  const said = of({ total: 5000, header: 'x-wait', callers: 1000 });
  t.deepEqual(longest([said, { ...said }]), said);
});

test('one without a bound lets all wait', (t) => {
  t.is(longest([of({ total: 5 }), null]), null);
  t.is(longest([]), null);
});

test('no call is given less than its own operation gives it', (t) => {
  const ms = fc.constantFrom(10, 100, 5000, Infinity);
  const header = fc.constantFrom(null, 'x-wait', 'x-other');
  const settings = fc.record({ total: ms, header, unit: fc.constantFrom(1 as const, 1000 as const), callers: ms });
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(settings, { minLength: 1, maxLength: 4 }), fc.constantFrom('1', '700', 'x'), (all, said) => {
        const call = plainCall({ raw: ['X-Wait', said] });
        const bound = longest(all.map(of))!;
        return all.every((each) => allowed(bound, call) >= allowed(of(each), call));
      }),
    ),
  );
});
