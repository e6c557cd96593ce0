import test from 'ava';
import { plainCall } from '../../../test/helpers/plain-call.ts';
import { CallDeadline } from '../../../adapters/wire/deadline.ts';
import type { Arriving } from '../../../adapters/adapter.ts';
import { allowed, deadlines, isEndless } from './deadlines.ts';
import { timeSettings } from './schema.ts';
import type { DeadlineSettings } from './schema.ts';

const settings = (said: unknown): DeadlineSettings => timeSettings.deadline.parse(said)!;

const waits = test.macro((t, said: unknown, header: string | null, ms: number) => {
  const raw = header === null ? [] : ['X-Request-Timeout', header];
  t.is(allowed(settings(said), plainCall({ raw })), ms);
});

const both = { total: '30s', header: 'x-request-TIMEOUT', callers: '60s' };
test('without a word of the caller’s, the total holds', waits, both, null, 30_000);
test('the caller’s own word holds where it is the smaller', waits, both, '1500', 1500);
test('and the total where that is', waits, both, '45000', 30_000);
test('a bare number is in the unit that is said', waits, { ...both, unit: 's' }, '2', 2000);
test('m is milliseconds, as gRPC has it', waits, both, '500m', 500);
test('S is seconds', waits, both, '2S', 2000);
test('u is microseconds', waits, both, '1500u', 1.5);
test('M is minutes', waits, { header: 'X-Request-Timeout' }, '2M', 120_000);
test('ms is milliseconds, too', waits, both, ' 250ms ', 250);
test('0 is no limit of the caller’s', waits, { header: 'X-Request-Timeout' }, '0', Infinity);
test('words are not understood', waits, { header: 'X-Request-Timeout', callers: '60s' }, 'soon', 60_000);
test('nor what is below nothing', waits, { header: 'X-Request-Timeout' }, '-5', Infinity);
test('callers that do not say wait as long as all do', waits, { callers: '60s', total: '90s' }, null, 60_000);
test(
  'callers that do say may wait longer than that',
  waits,
  { header: 'X-Request-Timeout', callers: '60s' },
  '90S',
  90_000,
);
test('a duration is the total', waits, '30s', '10', 30_000);

test('off is none', (t) => t.is(timeSettings.deadline.parse('off'), null));
test('a deadline that says nothing is refused', (t) => t.false(timeSettings.deadline.safeParse({ unit: 's' }).success));

const arriving = () => {
  const deadline = new CallDeadline();
  const arrival = Object.assign(plainCall(), {
    deadline,
    method: 'GET',
    target: '/',
    limitBody: () => true,
    lend() {},
    carried() {},
    hangUp() {},
    respond: () => Promise.resolve('complete' as const),
    cut() {},
    expire: (why: Parameters<Arriving['expire']>[0]) => deadline.end(why),
  });
  return arrival satisfies Arriving;
};

const rig = () => {
  const clock = { now: 0, running: 0, tick: (): void => undefined };
  const house = deadlines({
    steady: () => clock.now,
    every: (_ms, tick) => {
      clock.running += 1;
      clock.tick = tick;
      return () => (clock.running -= 1);
    },
  });
  return { clock, house };
};

test('a call ends with the first tick after its time, and no sooner', (t) => {
  const { clock, house } = rig();
  const [one, other] = [arriving(), arriving()];
  house.bound(one, settings('100ms'), 0);
  house.bound(other, settings('200ms'), 0);
  clock.now = 99;
  clock.tick();
  t.is(one.deadline.ended, null);
  clock.now = 100;
  clock.tick();
  t.is(one.deadline.ended?.code, 'ERR_DEADLINE');
  t.is(other.deadline.ended, null);
});

test('it counts from the arrival of the head, whatever came before it is bound', (t) => {
  const { clock, house } = rig();
  clock.now = 150;
  const late = arriving();
  house.bound(late, settings('100ms'), 0);
  t.is(late.deadline.ended?.code, 'ERR_DEADLINE');
  t.is(clock.running, 0);
});

test('a call that is answered is ended by nobody', (t) => {
  const { clock, house } = rig();
  const one = arriving();
  house.bound(one, settings('100ms'), 0);
  house.lift(one);
  clock.now = 1000;
  clock.tick();
  t.is(one.deadline.ended, null);
});

test('one clock for all, which stands still when nobody is waited for', (t) => {
  const { clock, house } = rig();
  const all = [arriving(), arriving(), arriving()];
  for (const each of all) house.bound(each, settings('100ms'), 0);
  t.is(clock.running, 1);
  for (const each of all) house.lift(each);
  clock.tick();
  t.is(clock.running, 0);
  house.bound(arriving(), settings('100ms'), 0);
  t.is(clock.running, 1);
});

test('a call without a bound is not watched', (t) => {
  const { clock, house } = rig();
  const one = arriving();
  house.bound(one, settings({ header: 'X-Request-Timeout' }), 0);
  t.is(one.deadline.at, Infinity);
  t.is(clock.running, 0);
});

test('event streams have no end', (t) => {
  const reply = (type: string) =>
    ({
      head: { status: 200, reason: '', raw: ['Content-TYPE', type] },
      body: plainCall().body,
      verdict: { blame: 'nobody' },
    }) as const;
  t.true(isEndless(reply('text/event-stream; charset=utf-8')));
  t.false(isEndless(reply('text/xml')));
});
