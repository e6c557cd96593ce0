import test from 'ava';
import { reasons } from '../../adapters/errors.ts';
import type { Reason } from '../../adapters/errors.ts';
import { isUnasked, mayAskOther, mayReverse } from './fallback.ts';
import type { Failure } from './fallback.ts';

const all = new Set<Reason>(reasons);
const none = new Set<Reason>();
const effects = ['read', 'idempotent', 'write'] as const;
const reached = ['nothing', 'some', 'all'] as const;
const agains = ['untouched', 'held', 'gone'] as const;

// Every combination, written out as people would say it, not as the rule computes it.
const cases = [...reasons, 'request' as const].flatMap((reason) =>
  reached.flatMap((seen) =>
    agains.flatMap((again) =>
      [false, true].flatMap((committed) =>
        effects.flatMap((effect) =>
          [all, none].map((fallback) => ({
            failure: { reason, reached: seen, again, committed },
            plan: { effect, fallback },
          })),
        ),
      ),
    ),
  ),
);
type Case = (typeof cases)[number];

const law = test.macro((t, applies: (one: Case) => boolean, answer: boolean, count: number) => {
  const chosen = cases.filter(applies);
  t.is(chosen.length, count);
  for (const { failure, plan } of chosen)
    t.is(mayAskOther(failure, plan), answer, JSON.stringify({ failure, effect: plan.effect }));
});

// 10 reasons × 3 reached × 3 again × 2 committed × 3 effects × 2 plans = 1,080 cases; each of the laws below takes some off.
const isGone = ({ failure }: Case): boolean => failure.again === 'gone';
const isCommitted = ({ failure }: Case): boolean => failure.committed;
const isUnwanted = ({ failure, plan }: Case): boolean => failure.reason !== 'request' && plan.fallback === none;
const isDangerous = ({ failure, plan }: Case): boolean => plan.effect === 'write' && failure.reached !== 'nothing';

test('all 1,080 combinations are looked at', (t) => t.is(cases.length, 1080));
test('never once the body is gone', law, isGone, false, 360);
test('never once the client has seen a byte', law, isCommitted, false, 540);
test('never for a reason that the plan does not name, but for the client’s own message', law, isUnwanted, false, 486);
test('never for a write of which modern may have seen a byte', law, isDangerous, false, 240);
test(
  'always otherwise',
  law,
  (one: Case) => !isGone(one) && !isCommitted(one) && !isUnwanted(one) && !isDangerous(one),
  true,
  11 * 2 * 7,
);

const answered = (reason: Failure['reason']): Failure => ({ reason, reached: 'all', again: 'held', committed: false });

test('a plan that names some reasons falls back for these alone', (t) => {
  const plan = { effect: 'read', fallback: new Set<Reason>(['connect', 'timeout']) } as const;
  const allowed = [...reasons, 'request' as const].filter((reason) => mayAskOther(answered(reason), plan));
  t.deepEqual(allowed, ['connect', 'timeout', 'request']);
});

test('an order that timed out is not placed a second time, and one that never left is', (t) => {
  const plan = { effect: 'write', fallback: all } as const;
  t.false(mayAskOther({ reason: 'timeout', reached: 'all', again: 'held', committed: false }, plan));
  t.true(mayAskOther({ reason: 'connect', reached: 'nothing', again: 'untouched', committed: false }, plan));
});

test('the other way round only for what weight has sent to legacy, and where the file says so', (t) => {
  const every = [
    'kill',
    'pin',
    'exclude',
    'include',
    'connection',
    'weight',
    'draw',
    'only',
    'undecided',
    'refused',
    'other',
  ] as const;
  const decided = (reason: (typeof every)[number]) => ({ side: 'legacy', reason, bucket: null, cohort: null }) as const;
  t.deepEqual(
    every.filter((reason) => mayReverse(decided(reason), { reverse: true })),
    ['weight', 'draw'],
  );
  t.deepEqual(
    every.filter((reason) => mayReverse(decided(reason), { reverse: false })),
    [],
  );
});

test('a call of which nobody was asked yet is not sent a second time', (t) => {
  t.deepEqual([...reasons, 'request' as const].filter(isUnasked), ['open', 'full', 'request']);
});
