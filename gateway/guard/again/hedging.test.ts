import test from 'ava';
import { AdapterError, SendError } from '../../../adapters/errors.ts';
import { readCall, reply, rig } from '../../../test/helpers/again-rig.ts';

const retries = null;
const hedge = { after: 200, share: 0.1, floor: 3 };
const hedged = (parts?: Parameters<typeof rig>[1]) => rig({ retries, hedge }, parts);
const reset = new SendError('ERR_RESET', 'reset', 'all', 'gone');

test('an answer in time is the only one asked for', async (t) => {
  const at = hedged();
  const answer = at.ask();
  await at.wind(199);
  const good = reply(200);
  at.sent[0]!.answer(good);
  t.is(await answer, good);
  await at.wind(1000);
  t.is(at.sent.length, 1);
  t.deepEqual(at.waits, []);
  t.deepEqual(at.tries.over, []);
});

test('the second answers first: the first is given up, and counted as lost', async (t) => {
  const at = hedged();
  const answer = at.ask(readCall('what is asked'));
  await at.wind(200);
  t.is(at.sent.length, 2);
  t.is(at.sent[1]!.call.body.bytes?.toString(), 'what is asked');
  await at.wind(10);
  const good = reply(200);
  at.sent[1]!.answer(good);
  t.is(await answer, good);
  t.is(at.sent[0]!.deadline.ended?.code, 'ERR_ABORTED');
  t.is(at.sent[1]!.deadline.ended, null);
  t.deepEqual(at.tries, {
    over: [{ ms: 210, status: null, reason: null, reached: 'all', lost: true }],
    began: 200,
    again: 'hedge',
  });
  t.like(at.budget.counts, { hedges: 1, won: 1 });
});

test('the first answers after all: the second is given up', async (t) => {
  const at = hedged();
  const answer = at.ask();
  await at.wind(200);
  const good = reply(200);
  at.sent[0]!.answer(good);
  t.is(await answer, good);
  t.is(at.sent[1]!.deadline.ended?.code, 'ERR_ABORTED');
  t.is(at.sent[0]!.deadline.ended, null);
  t.like(at.tries, { began: 0, again: null });
  t.deepEqual(at.tries.over, [{ ms: 0, status: null, reason: null, reached: 'all', again: 'hedge', lost: true }]);
  t.like(at.budget.counts, { hedges: 1, won: 0 });
});

test('an answer that comes too late all the same is let go', async (t) => {
  const at = hedged({ wire: { isGoodOnce: () => false, detach: () => ({ call: readCall() }), deadline: deaf } });
  const answer = at.ask();
  await at.wind(200);
  at.sent[1]!.answer(reply(200));
  await answer;
  const late = reply(200);
  at.sent[0]!.answer(late);
  await at.settle();
  t.is(late.discarded, 1);
});
const deaf = () => ({ at: Infinity, ended: null, watch() {}, signal: () => new AbortController().signal, end() {} });

for (const which of [0, 1] as const) {
  test(`of two, a failure of the ${which === 0 ? 'first' : 'second'} waits for the other`, async (t) => {
    const at = hedged();
    const answer = at.ask();
    await at.wind(200);
    const bad = reply(503);
    at.sent[which]!.answer(bad);
    await at.settle();
    t.is(bad.discarded, 1);
    const good = reply(200);
    at.sent[1 - which]!.answer(good);
    t.is(await answer, good);
    t.is(at.tries.over.length, 1);
    t.like(at.tries.over[0], { status: 503, reason: '5xx' });
  });
}

test('both fail: so has the call', async (t) => {
  const at = hedged();
  const answer = at.ask();
  await at.wind(200);
  at.sent[1]!.fail(new SendError('ERR_CONNECT', 'connect', 'nothing', ''));
  await at.settle();
  at.sent[0]!.fail(reset);
  await t.throwsAsync(answer, { is: reset });
  t.like(at.tries.over, [{ reason: 'connect', again: 'hedge' }]);
});

test('a failure before the second send is told at once', async (t) => {
  const at = hedged();
  const answer = at.ask();
  at.sent[0]!.fail(reset);
  await t.throwsAsync(answer, { is: reset });
  t.deepEqual(at.waits, []);
});

test('a client that leaves ends both', async (t) => {
  const at = hedged();
  const answer = at.ask();
  await at.wind(200);
  at.deadline.end(new AdapterError('ERR_ABORTED', 'left'));
  t.like(await t.throwsAsync(answer), { code: 'ERR_ABORTED' });
  for (const { deadline } of at.sent) t.is(deadline.ended?.code, 'ERR_ABORTED');
});

test('a client that leaves amid the answer ends that, too', async (t) => {
  const at = hedged();
  const answer = at.ask();
  await at.wind(200);
  at.sent[1]!.answer(reply(200));
  await answer;
  at.deadline.end(new AdapterError('ERR_ABORTED', 'left'));
  t.is(at.sent[1]!.deadline.ended?.code, 'ERR_ABORTED');
});

const alone = test.macro(async (t, make: () => { at: ReturnType<typeof rig>; call?: ReturnType<typeof readCall> }) => {
  const { at, call } = make();
  const answer = at.ask(call);
  await at.wind(200);
  t.is(at.sent.length, 1);
  at.sent[0]!.answer(reply(200));
  t.is((await answer).head.status, 200);
});
test('a write that its head named a read is sent once', alone, () => ({
  at: hedged(),
  call: { ...readCall(), repeatable: false },
}));
test('a body that is not all here is sent once', alone, () => {
  const call = readCall();
  return {
    at: hedged(),
    call: { ...call, body: Object.create(call.body, { bytes: { value: null } }) as typeof call.body },
  };
});
test('nothing is sent again where all places are taken: it would wait as well', alone, () => ({
  at: hedged({ isFull: () => true }),
}));
test('nothing is sent again while the breaker is not closed', alone, () => ({ at: hedged({ isClosed: () => false }) }));
test('nor with too little time left', alone, () => {
  const at = hedged({ reserve: 100 });
  at.deadline.at = 299;
  return { at };
});
test('nor past the budget', alone, () => ({ at: rig({ retries, hedge: { ...hedge, floor: 0 } }) }));
test('nor what is bound to its client’s connection', alone, () => {
  const call = readCall();
  const bond = { identified: true, of: () => ({ side: null, asker: null }), answered() {}, onOver() {}, end() {} };
  return { at: hedged(), call: { ...call, client: { ...call.client, certificate: () => null, bond } } };
});

test('a hedged try that failed is tried again, and both are told of', async (t) => {
  const settings = {
    attempts: 1,
    on: new Set(['reset', '5xx'] as const),
    backoff: 20,
    longest: 1000,
    share: 0.1,
    floor: 3,
  };
  const at = rig({ retries: settings, hedge });
  const answer = at.ask();
  at.sent[0]!.fail(reset);
  await at.wind(20);
  await at.wind(200);
  t.is(at.sent.length, 3);
  at.sent[2]!.answer(reply(200));
  await answer;
  t.like(at.tries, {
    over: [{ reason: 'reset' }, { again: 'retry', lost: true, ms: 200 }],
    began: 220,
    again: 'hedge',
  });
});
