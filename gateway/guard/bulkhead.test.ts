import test from 'ava';
import * as fc from 'fast-check';
import { AdapterError, type SendError } from '../../adapters/errors.ts';
import { CallDeadline } from '../../adapters/wire/deadline.ts';
import type { GatewayEvent } from '../events.ts';
import { Bulkhead } from './bulkhead.ts';
import { priorities, type BulkheadSettings, type Priority } from './schema.ts';

const rig = (maxInFlight: number, queue: BulkheadSettings['queue'] = null) => {
  const clock = { now: 1000 };
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const told: GatewayEvent[] = [];
  const bulkhead = new Bulkhead(
    { destination: 'legacy', address: 'http://a', settings: { maxInFlight, queue } },
    {
      steady: () => clock.now,
      wall: () => clock.now,
      after(ms, run) {
        const timer = { at: clock.now + ms, run };
        timers.add(timer);
        return () => void timers.delete(timer);
      },
      events: { emit: (event) => void told.push(event), on: () => () => undefined },
    },
  );
  const pass = (ms: number): void => {
    clock.now += ms;
    for (const timer of timers) {
      if (timer.at > clock.now) continue;
      timers.delete(timer);
      timer.run();
    }
  };
  const ended: string[] = [];
  /** A call that waits, and says how that ended. */
  const wait = (name: string, priority: Priority = 'normal', deadline = new CallDeadline()): CallDeadline => {
    bulkhead.wait(priority, deadline).then(
      () => ended.push(name),
      ({ code }: SendError) => ended.push(`${name}: ${code}`),
    );
    return deadline;
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { bulkhead, clock, timers, told, pass, ended, wait, turn };
};

const left = new AdapterError('ERR_ABORTED', 'the client left');

test('it has as many places as it says, and no more', (t) => {
  const { bulkhead } = rig(2);
  t.deepEqual([bulkhead.take(), bulkhead.take(), bulkhead.take()], [true, true, false]);
  bulkhead.free();
  t.is(bulkhead.inFlight, 1);
  t.true(bulkhead.take());
});

test('where nobody may wait, one more is turned down at once with reason full', async (t) => {
  const { bulkhead } = rig(1);
  bulkhead.take();
  await t.throwsAsync(bulkhead.wait('high', new CallDeadline()), {
    code: 'ERR_FULL',
    message: /its 1 calls in flight/,
  });
  t.deepEqual(bulkhead.shed, { high: 1, normal: 0, low: 0 });
});

test('a place goes to whoever waits: by priority, then as they came', async (t) => {
  const { bulkhead, wait, ended, turn } = rig(1, { size: 9, maxWait: 1000 });
  bulkhead.take();
  wait('read', 'low');
  wait('put', 'normal');
  wait('write 1', 'high');
  wait('write 2', 'high');
  for (let each = 0; each < 4; each += 1) {
    bulkhead.free();
    t.is(bulkhead.inFlight, 1);
  }
  await turn();
  t.deepEqual(ended, ['write 1', 'write 2', 'put', 'read']);
  bulkhead.free();
  t.is(bulkhead.inFlight, 0);
  t.is(bulkhead.waits.sent, 4);
});

test('where the queue is full, the last that came of the lowest priority goes', async (t) => {
  const { bulkhead, wait, ended, turn } = rig(1, { size: 3, maxWait: 1000 });
  bulkhead.take();
  wait('put', 'normal');
  wait('read 1', 'low');
  wait('read 2', 'low');
  wait('write 1', 'high');
  wait('write 2', 'high');
  wait('write 3', 'high');
  await turn();
  t.deepEqual(ended, ['read 2: ERR_FULL', 'read 1: ERR_FULL', 'put: ERR_FULL']);
  wait('write 4', 'high');
  wait('read 3', 'low');
  await turn();
  t.deepEqual(ended.slice(3), ['write 4: ERR_FULL', 'read 3: ERR_FULL']);
  t.deepEqual(bulkhead.shed, { high: 1, normal: 1, low: 3 });
  t.is(bulkhead.waits.displaced, 3);
  t.is(bulkhead.waiting, 3);
});

test('a call waits for maxWait at most', async (t) => {
  const { bulkhead, wait, ended, turn, pass } = rig(1, { size: 9, maxWait: 100 });
  bulkhead.take();
  wait('one');
  pass(99);
  await turn();
  t.deepEqual(ended, []);
  pass(1);
  await turn();
  t.deepEqual(ended, ['one: ERR_FULL']);
  t.is(bulkhead.waits.late, 1);
  t.is(bulkhead.waitedMs, 100);
  t.is(bulkhead.waiting, 0);
});

test('and never past its deadline', async (t) => {
  const { bulkhead, wait, ended, turn, pass } = rig(1, { size: 9, maxWait: 100 });
  bulkhead.take();
  wait('one', 'normal', new CallDeadline(1040));
  wait('too late', 'normal', new CallDeadline(1000));
  pass(40);
  await turn();
  t.deepEqual(ended, ['too late: ERR_DEADLINE', 'one: ERR_DEADLINE']);
});

test('a client that leaves frees its place in the queue, and takes none later', async (t) => {
  const { bulkhead, wait, ended, turn, timers } = rig(1, { size: 1, maxWait: 1000 });
  bulkhead.take();
  wait('one').end(left);
  wait('two');
  await turn();
  t.deepEqual(ended, ['one: ERR_ABORTED']);
  t.is(timers.size, 1);
  bulkhead.free();
  await turn();
  t.deepEqual(ended, ['one: ERR_ABORTED', 'two']);
  t.is(timers.size, 0);
  bulkhead.free();
  t.is(bulkhead.inFlight, 0);
  t.is(bulkhead.waits.left, 1);
  t.deepEqual(bulkhead.shed, { high: 0, normal: 0, low: 0 });
});

test('what ends a call while it waits is told as what it was', async (t) => {
  const { bulkhead } = rig(1, { size: 1, maxWait: 1000 });
  bulkhead.take();
  for (const [code, reason] of [
    ['ERR_ABORTED', 'reset'],
    ['ERR_TIMEOUT', 'timeout'],
  ] as const) {
    const deadline = new CallDeadline();
    const waiting = bulkhead.wait('high', deadline);
    deadline.end(new AdapterError(code, 'over'));
    t.like(await t.throwsAsync(waiting), { code, reason, reached: 'nothing' });
  }
});

test('one whose total time ends while it waits is told so, and was seen by nobody', async (t) => {
  const { bulkhead } = rig(1, { size: 1, maxWait: 1000 });
  bulkhead.take();
  const deadline = new CallDeadline();
  const waits = bulkhead.wait('normal', deadline);
  deadline.end(new AdapterError('ERR_DEADLINE', 'over'));
  t.like(await t.throwsAsync(waits), { code: 'ERR_DEADLINE', reason: 'timeout', reached: 'nothing' });
  t.is(bulkhead.waiting, 0);
});

test('one whose client has left already does not wait', async (t) => {
  const { bulkhead } = rig(1, { size: 1, maxWait: 1000 });
  const deadline = new CallDeadline();
  deadline.end(left);
  await t.throwsAsync(bulkhead.wait('high', deadline), { code: 'ERR_ABORTED' });
});

test('a larger bound lets those in who wait; a smaller one sends nobody away and lets nobody in', async (t) => {
  const { bulkhead, wait, ended, turn } = rig(3, { size: 9, maxWait: 1000 });
  for (let each = 0; each < 3; each += 1) bulkhead.take();
  wait('one');
  wait('two');
  bulkhead.resize({ maxInFlight: 2, queue: { size: 9, maxWait: 1000 } });
  bulkhead.free();
  t.is(bulkhead.inFlight, 2);
  t.false(bulkhead.take());
  bulkhead.resize({ maxInFlight: 3, queue: null });
  await turn();
  t.deepEqual(ended, ['one']);
  bulkhead.resize(null);
  await turn();
  t.deepEqual(ended, ['one', 'two']);
  t.is(bulkhead.inFlight, 4);
});

test('that it is full is told once a minute', async (t) => {
  const { bulkhead, wait, turn, told, clock } = rig(1);
  bulkhead.take();
  wait('one');
  wait('two');
  clock.now += 60_000;
  wait('three');
  await turn();
  t.deepEqual(
    told.map(({ type, at }) => [type, at]),
    [
      ['destination-full', 1000],
      ['destination-full', 61_000],
    ],
  );
});

type Step =
  | { readonly do: 'come'; readonly priority: Priority }
  | { readonly do: 'end' | 'leave'; readonly which: number }
  | { readonly do: 'pass'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('come'), priority: fc.constantFrom(...priorities) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end'), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave'), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.nat(150) }) },
);

test('over any course of calls: never above its bound, nobody waits while there is a place, nobody is forgotten', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.nat(4),
      fc.array(step, { minLength: 10, maxLength: 80 }),
      async (max, size, steps) => {
        const { bulkhead, timers, pass } = rig(max, { size, maxWait: 100 });
        let underWay = 0;
        const waiting = new Set<CallDeadline>();
        const come = (priority: Priority): void => {
          if (bulkhead.take()) return void underWay++;
          const deadline = new CallDeadline();
          waiting.add(deadline);
          bulkhead
            .wait(priority, deadline)
            .then(
              () => underWay++,
              () => undefined,
            )
            .finally(() => waiting.delete(deadline));
        };
        const turn = () => new Promise((resolve) => setImmediate(resolve));
        for (const one of steps) {
          if (one.do === 'come') come(one.priority);
          else if (one.do === 'pass') pass(one.ms);
          else if (one.do === 'leave') [...waiting][one.which % Math.max(1, waiting.size)]?.end(left);
          else if (underWay > 0) {
            underWay--;
            bulkhead.free();
          }
          await turn();
          t.is(bulkhead.inFlight, underWay);
          t.true(underWay <= max);
          t.is(bulkhead.waiting, waiting.size);
          t.true(waiting.size <= size);
          t.is(timers.size, waiting.size);
          if (waiting.size > 0) t.is(underWay, max);
        }
      },
    ),
    { numRuns: Number(process.env['LAW_RUNS'] ?? 300) },
  );
});
