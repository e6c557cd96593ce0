// Sends under a clock that is wound by hand, for the tests of what sends a call twice.
import { plainCall } from './plain-call.ts';
import { bytesBody, detached } from '../../adapters/wire/bytes.ts';
import { CallDeadline } from '../../adapters/wire/deadline.ts';
import type { Call, Deadline, Reply } from '../../adapters/adapter.ts';
import { budget } from '../../gateway/guard/again/budget.ts';
import { repeated, type Repeating } from '../../gateway/guard/again/repeated.ts';
import type { Repeated } from '../../gateway/guard/again/repeats.ts';
import type { Tries } from '../../gateway/guard/again/tries.ts';

interface Sent {
  readonly call: Call;
  readonly deadline: Deadline;
  readonly answer: (reply: Reply) => void;
  readonly fail: (error: unknown) => void;
}

const held = { take: () => true, give() {}, tooLong() {} };

export const rig = (repeating: Repeating, parts: Partial<Repeated> = {}) => {
  const clock = { now: 0 };
  const timers: { at: number; run: () => void }[] = [];
  const sent: Sent[] = [];
  const own = budget('new', () => clock.now);
  const house = {
    steady: () => clock.now,
    wall: () => Date.UTC(2026, 0, 1) + clock.now,
    chance: () => 1,
    after: (ms: number, run: () => void) => {
      const timer = { at: clock.now + ms, run };
      timers.push(timer);
      return () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1));
    },
  };
  const wire = {
    isGoodOnce: () => false,
    detach: detached,
    deadline: (at: number) => new CallDeadline(at),
  };
  const send = repeated(
    { house, budget: own, isClosed: () => true, isFull: () => false, reserve: 0, held, wire, ...parts },
    repeating,
    (call, deadline) =>
      new Promise((resolve, reject) => {
        deadline.watch(reject);
        sent.push({ call, deadline, answer: resolve, fail: reject });
      }),
  );
  const tries: Tries = { over: [], began: 0, again: null };
  const deadline = new CallDeadline();
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    clock,
    sent,
    tries,
    deadline,
    budget: own,
    ask: (call: Call = readCall()) => send(call, deadline, tries),
    settle,
    get waits() {
      return timers.map(({ at }) => at - clock.now);
    },
    wind: async (ms: number) => {
      await settle();
      clock.now += ms;
      for (const timer of timers.filter(({ at }) => at <= clock.now)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.run();
      }
      await settle();
    },
  };
};

/** `text`: its body. */
export const readCall = (text = 'ask'): Call => ({
  ...plainCall(),
  body: bytesBody(Buffer.from(text)),
  repeatable: true,
});

export const reply = (status: number, raw: readonly string[] = []): Reply & { discarded: number } => {
  const made = {
    head: { status, reason: '', raw },
    body: bytesBody(Buffer.alloc(0)),
    verdict: status >= 500 ? ({ blame: 'destination', reason: '5xx' } as const) : ({ blame: 'nobody' } as const),
    discarded: 0,
    discard: () => void (made.discarded += 1),
  };
  return made;
};
