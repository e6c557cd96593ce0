import test from 'ava';
import { AdapterError, SendError } from '../../../adapters/errors.ts';
import { readCall, reply, rig } from '../../../test/helpers/again-rig.ts';
import { retriesSetting } from './schema.ts';
import type { RetrySettings } from './schema.ts';

const retries = (said: unknown = 1): RetrySettings => {
  const parsed = retriesSetting.retries.parse(said);
  if (typeof parsed !== 'object') throw new Error('none');
  return parsed;
};
const once = (said?: unknown, parts?: Parameters<typeof rig>[1]) => rig({ retries: retries(said), hedge: null }, parts);

const reset = new SendError('ERR_RESET', 'reset', 'all', 'gone');
const refused = new SendError('ERR_CONNECT', 'connect', 'nothing', 'refused');
const slow = new SendError('ERR_TIMEOUT', 'timeout', 'all', 'slow');

test('what failed is sent once more, after a wait, and the first send is told of', async (t) => {
  const at = once();
  const answer = at.ask();
  at.sent[0]!.fail(reset);
  await at.settle();
  t.is(at.sent.length, 1);
  t.deepEqual(at.waits, [25]);
  await at.wind(25);
  t.is(at.sent.length, 2);
  const good = reply(200);
  at.sent[1]!.answer(good);
  t.is(await answer, good);
  t.deepEqual(at.tries.over, [{ ms: 0, status: null, reason: 'reset', reached: 'all' }]);
  t.like(at.tries, { began: 25, again: 'retry' });
  t.is(at.budget.counts.retries, 1);
});

test('a reply that is a failure is let go before the next send', async (t) => {
  const at = once();
  const answer = at.ask();
  const bad = reply(503);
  at.sent[0]!.answer(bad);
  await at.wind(25);
  t.is(bad.discarded, 1);
  at.sent[1]!.answer(reply(200));
  t.is((await answer).head.status, 200);
  t.like(at.tries.over[0], { status: 503, reason: '5xx' });
});

test('after the last one its failure is told as it came', async (t) => {
  const at = once();
  const answer = at.ask();
  at.sent[0]!.fail(reset);
  await at.wind(25);
  const bad = reply(500);
  at.sent[1]!.answer(bad);
  t.is(await answer, bad);
  t.is(bad.discarded, 0);
});

test('waits double, up to the longest', async (t) => {
  const at = once({ attempts: 4, longest: '150ms', backoff: '50ms', floor: 9 });
  const answer = at.ask();
  const waited: number[] = [];
  for (let each = 0; each < 4; each += 1) {
    at.sent[each]!.fail(refused);
    await at.settle();
    waited.push(...at.waits);
    await at.wind(at.waits[0]!);
  }
  at.sent[4]!.fail(refused);
  await t.throwsAsync(answer, { is: refused });
  t.deepEqual(waited, [50, 100, 150, 150]);
  t.is(at.tries.over.length, 4);
});

test('chance takes up to half of a wait', async (t) => {
  const at = once();
  void at.ask();
  at.sent[0]!.fail(reset);
  await at.settle();
  t.deepEqual(at.waits, [25]);
  const parts = {
    steady: () => 0,
    wall: () => 0,
    chance: () => 0,
    after: (ms: number) => (t.is(ms, 12.5), () => undefined),
  };
  const other = once(1, { house: parts });
  void other.ask();
  other.sent[0]!.fail(reset);
  await other.settle();
  t.plan(2);
});

/** Nobody is asked again. */
const final = test.macro(
  async (
    t,
    make: () => { at: ReturnType<typeof rig>; call?: ReturnType<typeof readCall>; why?: SendError | AdapterError },
  ) => {
    const { at, call, why = reset } = make();
    const answer = at.ask(call);
    at.sent[0]!.fail(why);
    await t.throwsAsync(answer, { is: why });
    t.deepEqual(at.waits, []);
    t.deepEqual(at.tries.over, []);
  },
);
test('a reason that is not named is final', final, () => ({ at: once(), why: slow }));
test('a named one alone is not', final, () => ({ at: once({ on: ['timeout'] }) }));
test('a client that left is final', final, () => ({ at: once(), why: new AdapterError('ERR_ABORTED', 'left') }));
test('a breaker that is open is final', final, () => ({
  at: once({ on: ['full'] }),
  why: new SendError('ERR_BREAKER_OPEN', 'open', 'nothing', 'open'),
}));
test('a breaker that is not closed keeps retries away', final, () => ({ at: once(1, { isClosed: () => false }) }));
test('a write that its head named a read is final', final, () => ({
  at: once(),
  call: { ...readCall(), repeatable: false },
}));
test('a call that nobody identified is final', final, () => ({
  at: once(),
  call: { ...readCall(), repeatable: null },
}));
test('a call of a client’s own connection is final', final, () => {
  const call = readCall();
  const bond = { identified: true, of: () => ({ side: null, asker: null }), answered() {}, onOver() {}, end() {} };
  return { at: once(), call: { ...call, client: { ...call.client, certificate: () => null, bond } } };
});
test('a call that WS-Security vouches for is final', final, () => {
  const wire = {
    isGoodOnce: () => true,
    detach: () => ({ call: readCall() }),
    deadline: () => {
      throw new Error('none');
    },
  };
  return { at: once(1, { wire }) };
});
test('a body that is gone is final', final, () => {
  const call = readCall();
  return {
    at: once(),
    call: { ...call, body: Object.create(call.body, { again: { value: 'gone' } }) as typeof call.body },
  };
});
test('what would come after the call’s time is not begun', final, () => {
  const at = once(1, { reserve: 100 });
  at.deadline.at = 124;
  return { at };
});
test('an empty budget is final', final, () => ({ at: once({ budget: '0%', floor: 0 }) }));

test('a client that leaves ends the wait, and nobody is asked again', async (t) => {
  const at = once();
  const answer = at.ask();
  at.sent[0]!.fail(reset);
  await at.settle();
  at.deadline.end(new AdapterError('ERR_ABORTED', 'left'));
  t.like(await t.throwsAsync(answer), { code: 'ERR_ABORTED' });
  t.deepEqual(at.waits, []);
  t.is(at.sent.length, 1);
});

const after = test.macro(async (t, said: string, wait: number | null) => {
  const at = once({ longest: '5s' });
  const answer = at.ask();
  const bad = reply(503, ['RETRY-after', said]);
  at.sent[0]!.answer(bad);
  await at.settle();
  t.deepEqual(at.waits, wait === null ? [] : [wait]);
  if (wait === null) t.is(await answer, bad);
});
test('Retry-After is waited for', after, '3', 3000);
test('also as a date', after, 'Thu, 01 Jan 2026 00:00:02 GMT', 2000);
test('one that is over is none', after, 'Thu, 01 Jan 2015 00:00:02 GMT', 25);
test('one that nobody waits for is final', after, '6', null);
test('one that cannot be read is none', after, 'soon', 25);

test('with every call failing, a destination gets its share more and no more', async (t) => {
  const at = once({ floor: 0 });
  const answers: Promise<unknown>[] = [];
  for (let each = 0; each < 200; each += 1) {
    answers.push(at.ask().catch(() => null));
    at.sent.at(-1)!.fail(reset);
    await at.settle();
  }
  await at.wind(25);
  for (const { fail } of at.sent) fail(reset);
  await Promise.all(answers);
  t.is(at.sent.length, 220);
});
