import test from 'ava';
import type { Identified } from '../../adapters/adapter.ts';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { admission } from './admission.ts';
import { unauthorized, type Rule } from './refusal.ts';

const no = (name: string): Rule => {
  const refused = unauthorized('api-key', name);
  return () => refused;
};
const judged = async (identified: Identified, aside: 'none' | 'all' | readonly string[] = 'none') => {
  const rules = admission({
    early: [],
    late: [],
    operations: new Map([
      ['A', [no('A')]],
      ['B', [no('B')]],
    ]),
    aside: () => aside,
  });
  return (await rules?.judge?.(plainCall(), identified))?.trouble.message ?? null;
};
const undecided = (reason: Extract<Identified, { is: 'undecided' }>['reason'], ...names: string[]): Identified => ({
  is: 'undecided',
  reason,
  names,
});

test('a route without a rule has no admission at all', (t) => {
  t.is(admission({ early: [], late: [], operations: new Map(), aside: () => 'none' }), null);
});

test('an operation is judged by its own rules and no others', async (t) => {
  t.is(await judged({ is: 'operation', name: 'B' }), 'B');
  t.is(await judged({ is: 'operation', name: 'C' }), null);
});

test('a call of several names is judged by each of them', async (t) => {
  t.is(await judged(undecided('mismatch', 'C', 'B')), 'B');
  t.is(await judged(undecided('ambiguous', 'C', 'D')), null);
});

test('a call that could not be read may be any operation’s', async (t) => {
  for (const reason of ['unknown', 'malformed', 'limit', 'encoding', 'opaque', 'version', 'session'] as const)
    t.is(await judged(undecided(reason, 'C')), 'A', reason);
  t.is(await judged(undecided('mismatch')), 'A');
  t.is(await judged(undecided('empty')), 'A');
});

test('a side door is judged by the operations that it leads to', async (t) => {
  t.is(await judged({ is: 'other' }, 'none'), null);
  t.is(await judged({ is: 'other' }, ['B']), 'B');
  t.is(await judged({ is: 'other' }, 'all'), 'A');
});
