import test from 'ava';
import * as fc from 'fast-check';
import type { GatewayEvent } from '../events.ts';
import { Breaker, type Guarded, type Pass } from './breaker.ts';
import type { BreakerSettings } from './schema.ts';

const settings: BreakerSettings = {
  failureRate: 0.5,
  minimumCalls: 20,
  window: 10_000,
  openFor: 15_000,
  probes: 3,
};

const rig = (said: Partial<BreakerSettings> = {}, chance = 0) => {
  const clock = { now: 1000 };
  const told: Extract<GatewayEvent, { type: 'breaker-changed' }>[] = [];
  const of: Guarded = {
    destination: 'modern',
    operation: 'GetOrder',
    address: 'http://a',
    patience: 3000,
    settings: { ...settings, ...said },
  };
  const house = {
    steady: () => clock.now,
    wall: () => clock.now,
    chance: () => chance,
    events: {
      emit: (event: GatewayEvent) => void (event.type === 'breaker-changed' && told.push(event)),
      on: () => () => undefined,
    },
  };
  const breaker = new Breaker(of, house);
  const call = (how: 'good' | 'bad' | 'turnedDown' | 'none', times = 1): void => {
    for (let each = 0; each < times; each += 1) {
      const pass = breaker.admit();
      if (pass === null) throw new Error('refused');
      if (how === 'bad') breaker.bad(pass, '5xx');
      else breaker[how](pass);
    }
  };
  /** Opens it with 20 failures, and waits until it may be tried. */
  const rested = (): void => {
    call('bad', 20);
    clock.now += 15_000;
  };
  return { breaker, clock, told, call, rested, of, house };
};

test('20 failures open it, and 19 do not', (t) => {
  const { breaker, call } = rig();
  call('bad', 19);
  t.is(breaker.state, 'closed');
  call('bad');
  t.is(breaker.state, 'open');
  t.is(breaker.admit(), null);
});

test('it opens when the rate is reached, not only when it is passed', (t) => {
  const { breaker, call } = rig();
  call('bad'); // counting begins at the first failure
  call('good', 10);
  call('bad', 8);
  t.is(breaker.state, 'closed');
  call('bad');
  t.is(breaker.state, 'open');
});

test('10,000 answers that blame the client neither open it nor hide 20 failures', (t) => {
  const { breaker, call } = rig();
  call('bad');
  call('turnedDown', 10_000);
  t.is(breaker.state, 'closed');
  call('bad', 19);
  t.is(breaker.state, 'open');
});

test('failures that have left the window do not count', (t) => {
  const { breaker, clock, call } = rig();
  call('bad', 19);
  clock.now += 10_000;
  call('bad');
  t.is(breaker.state, 'closed');
  call('bad', 19);
  t.is(breaker.state, 'open');
});

test('a window without a failure lets all be forgotten', (t) => {
  const { breaker, clock, call } = rig();
  call('bad');
  t.true(breaker.isOfNote);
  clock.now += 10_001;
  call('good');
  t.false(breaker.isOfNote);
});

test('after its time it admits as many probes as it has places, and no more', (t) => {
  const { breaker, clock, rested } = rig();
  rested();
  clock.now -= 1;
  t.is(breaker.admit(), null);
  clock.now += 1;
  const passes = [breaker.admit(), breaker.admit(), breaker.admit()];
  t.true(passes.every((pass) => pass !== null));
  t.is(breaker.state, 'half-open');
  t.is(breaker.admit(), null);
});

test('one good probe does not close it; two of three do, by a rate of 50%', (t) => {
  const { breaker, rested, call } = rig();
  rested();
  call('good');
  t.is(breaker.state, 'half-open');
  call('bad');
  t.is(breaker.state, 'half-open');
  call('good');
  t.is(breaker.state, 'closed');
});

test('two failed probes of three open it again, for longer each time, eightfold at most', (t) => {
  const { breaker, clock, told, rested, call } = rig();
  rested();
  const waits = [15_000, 30_000, 60_000, 120_000, 120_000];
  for (const wait of waits.slice(1)) {
    call('bad', 2);
    t.is(breaker.state, 'open');
    clock.now += wait - 1;
    t.is(breaker.admit(), null);
    clock.now += 1;
  }
  t.deepEqual(
    told.filter(({ state }) => state === 'open').map(({ openFor }) => openFor),
    waits,
  );
});

test('one that flaps stays open longer, and one that had peace for a window begins anew', (t) => {
  const { clock, told, rested, call } = rig();
  rested();
  call('good', 2);
  clock.now += 9_999;
  call('bad', 20);
  clock.now += 30_000;
  call('good', 2);
  clock.now += 10_000;
  call('bad', 20);
  t.deepEqual(
    told.filter(({ state }) => state === 'open').map(({ openFor }) => openFor),
    [15_000, 30_000, 15_000],
  );
});

test('up to a quarter more by chance', (t) => {
  const { told, call } = rig({}, 0.8);
  call('bad', 20);
  t.is(told[0]?.openFor, 18_000);
});

test('a call that was let through while it was closed has no say once it is open or half-open', (t) => {
  const { breaker, clock, call } = rig();
  const late = Array.from({ length: 10 }, () => breaker.admit()!);
  call('bad', 20);
  for (const pass of late.slice(0, 5)) breaker.good(pass);
  t.is(breaker.state, 'open');
  clock.now += 15_000;
  const probe = breaker.admit()!;
  for (const pass of late.slice(5)) breaker.good(pass);
  t.is(breaker.state, 'half-open');
  breaker.bad(probe, 'timeout');
  call('bad');
  t.is(breaker.state, 'open');
});

test('a probe that is never heard of again fails after its patience, and frees its place', (t) => {
  const { breaker, clock, rested } = rig({ probes: 1 });
  rested();
  const hung = breaker.admit()!;
  clock.now += 3000;
  t.is(breaker.admit(), null);
  t.is(breaker.state, 'half-open');
  clock.now += 1;
  t.is(breaker.admit(), null);
  t.is(breaker.state, 'open');
  breaker.good(hung);
  t.is(breaker.state, 'open');
});

test('a probe whose reply streams on for longer than that has gone well', (t) => {
  const { breaker, clock, rested } = rig({ probes: 1 });
  rested();
  breaker.answered(breaker.admit()!);
  clock.now += 3001;
  t.not(breaker.admit(), null);
  t.is(breaker.state, 'closed');
});

test('a probe whose client left says nothing, and another takes its place', (t) => {
  const { breaker, rested, call } = rig({ probes: 1 });
  rested();
  call('none', 50);
  t.is(breaker.state, 'half-open');
  call('good');
  t.is(breaker.state, 'closed');
});

test('a probe that is told it is wrong shows that somebody answers', (t) => {
  const { breaker, rested, call } = rig({ probes: 1 });
  rested();
  call('turnedDown');
  t.is(breaker.state, 'closed');
});

test('held open it admits nobody, however long; let go it is tried first', (t) => {
  const { breaker, clock, call } = rig();
  breaker.force('open', 'a migration');
  clock.now += 1e12;
  t.is(breaker.admit(), null);
  t.is(breaker.refusal.retryAfter, 15);
  breaker.force(null, 'done');
  call('bad', 2);
  t.is(breaker.state, 'open');
});

test('held closed it admits everybody, and counts from nothing when it is let go', (t) => {
  const { breaker, call } = rig();
  call('bad', 20);
  breaker.force('closed', 'a false alarm');
  call('bad', 1000);
  breaker.force(null, 'done');
  call('bad', 19);
  t.is(breaker.state, 'closed');
  call('bad');
  t.is(breaker.state, 'open');
});

test('a refusal tells how long it stays open', (t) => {
  const { breaker, clock, call } = rig();
  call('bad', 20);
  t.is(breaker.refusal.retryAfter, 15);
  clock.now += 12_500;
  const { refusal } = breaker;
  t.like(refusal, { code: 'ERR_BREAKER_OPEN', reason: 'open', reached: 'nothing', retryAfter: 3 });
  t.is(breaker.refusal, refusal);
});

test('each change is an event with its reason', (t) => {
  const { told, rested, call } = rig();
  rested();
  call('good', 2);
  t.deepEqual(
    told.map(({ state, by, why, openFor }) => ({ state, by, why, openFor })),
    [
      { state: 'open', by: 'calls', why: '20 of 20 calls failed, the last by 5xx', openFor: 15_000 },
      { state: 'half-open', by: 'calls', why: 'it was open for long enough', openFor: null },
      { state: 'closed', by: 'calls', why: '2 of 3 probes went well', openFor: null },
    ],
  );
});

test('one of other settings takes over where the one before it stood', (t) => {
  const { breaker, clock, call, of, house } = rig();
  call('bad', 20);
  const next = new Breaker({ ...of, settings: { ...of.settings, openFor: 1000 } }, house);
  next.continue(breaker);
  t.is(next.admit(), null);
  t.is(next.changes.open, 1);
  clock.now += 15_000;
  t.not(next.admit(), null);
});

// --- the same as a plain model says it, over any course of calls, outcomes and time

type Step =
  | { readonly do: 'begin' }
  | { readonly do: 'end'; readonly which: number; readonly how: 'good' | 'bad' | 'turnedDown' | 'none' }
  | { readonly do: 'burst'; readonly how: 'good' | 'bad'; readonly times: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'force'; readonly to: 'open' | 'closed' | null };

/** Written as people would say it: a list of what happened and when, looked through each time. */
class Model {
  state: 'closed' | 'half-open' | 'open' = 'closed';
  forced: 'open' | 'closed' | null = null;
  epoch = 0;
  until = 0;
  closedAt = -Infinity;
  streak = 0;
  calls: { at: number; bad: boolean }[] = [];
  /** When the first failure was: tenths of a window are counted from there. */
  origin: number | null = null;
  good = 0;
  bad = 0;
  underWay = new Map<number, number>();
  next = 0;
  readonly now: () => number;
  readonly said: BreakerSettings;
  constructor(now: () => number, said: BreakerSettings) {
    this.now = now;
    this.said = said;
  }

  admit(): { id: number; epoch: number } | null {
    if (this.state === 'closed') return { id: this.next++, epoch: this.epoch };
    if (this.forced !== null) return null;
    if (this.state === 'open' && this.now() < this.until) return null;
    if (this.state === 'open') this.become('half-open');
    for (const [id, at] of this.underWay) {
      if (this.state === 'half-open' && this.now() - at > 3000) {
        this.underWay.delete(id);
        this.bad += 1;
        this.judge();
      }
    }
    if (this.state !== 'half-open' || this.underWay.size + this.good + this.bad >= this.said.probes) return null;
    const pass = { id: this.next++, epoch: this.epoch };
    this.underWay.set(pass.id, this.now());
    return pass;
  }

  end({ id, epoch }: { id: number; epoch: number }, how: 'good' | 'bad' | 'turnedDown' | 'none'): void {
    if (epoch !== this.epoch) return;
    if (this.state === 'half-open') {
      if (!this.underWay.delete(id) || how === 'none') return;
      if (how === 'bad') this.bad += 1;
      else this.good += 1;
      return this.judge();
    }
    if (this.state !== 'closed' || this.forced !== null || how === 'none' || how === 'turnedDown') return;
    const now = this.now();
    const lastBad = Math.max(...this.calls.filter(({ bad }) => bad).map(({ at }) => at), -Infinity);
    if (how === 'good') {
      if (this.origin === null) return;
      if (now - lastBad > this.said.window) {
        this.forget();
        this.streak = 0;
        return;
      }
    }
    this.origin ??= now;
    this.calls.push({ at: now, bad: how === 'bad' });
    if (how === 'good') return;
    const tenth = (at: number): number => Math.floor((at - this.origin!) / (this.said.window / 10));
    const inside = this.calls.filter(({ at }) => tenth(now) - tenth(at) < 10);
    const failures = inside.filter(({ bad }) => bad).length;
    if (inside.length < this.said.minimumCalls || failures / inside.length < this.said.failureRate - 1e-9) return;
    this.open(now - this.closedAt < this.said.window);
  }

  judge(): void {
    const { probes, failureRate } = this.said;
    if (this.bad / probes >= failureRate - 1e-9) this.open(true);
    else if ((probes - this.good) / probes < failureRate - 1e-9) this.become('closed');
  }

  open(again: boolean): void {
    this.streak = again ? Math.min(3, this.streak + 1) : 0;
    this.until = this.now() + this.said.openFor * 2 ** this.streak;
    this.become('open');
  }

  forget(): void {
    this.calls = [];
    this.origin = null;
  }

  become(state: Model['state']): void {
    this.state = state;
    this.epoch += 1;
    this.forget();
    this.good = 0;
    this.bad = 0;
    this.underWay.clear();
    if (state === 'closed') this.closedAt = this.now();
  }

  force(to: 'open' | 'closed' | null): void {
    if (to === this.forced) return;
    const wasOpen = this.forced === 'open';
    this.forced = to;
    this.streak = 0;
    if (to === 'open' || (to === null && wasOpen)) {
      this.until = to === null ? this.now() : Infinity;
      this.become('open');
    } else this.become('closed');
  }
}

const ways = fc.constantFrom('good', 'bad', 'turnedDown', 'none');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('begin') }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('end'), which: fc.nat(9), how: ways }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('burst'),
      how: fc.constantFrom('good', 'bad', 'bad'),
      times: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait'),
      ms: fc.oneof(fc.nat(50), fc.nat(2000), fc.constantFrom(1000, 1001, 3000, 3001, 5000, 20_000)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('force'), to: fc.constantFrom('open', 'closed', null) }) },
);

const anySettings = fc.record({
  failureRate: fc.constantFrom(0.01, 0.1, 1 / 3, 0.5, 0.75, 1),
  minimumCalls: fc.integer({ min: 1, max: 12 }),
  window: fc.constantFrom(1000, 5000),
  openFor: fc.constantFrom(500, 2000),
  probes: fc.integer({ min: 1, max: 6 }),
});

test('over any course of calls it stands where a plain model stands', (t) => {
  const seen = { closed: 0, 'half-open': 0, open: 0 };
  fc.assert(
    fc.property(anySettings, fc.array(step, { minLength: 20, maxLength: 120 }), (said, steps) => {
      const { breaker, clock } = rig(said);
      const model = new Model(() => clock.now, said);
      const open: [Pass, { id: number; epoch: number }][] = [];
      const begin = (): void => {
        const [pass, modelled] = [breaker.admit(), model.admit()];
        t.is(pass === null, modelled === null, 'one admits, the other does not');
        if (pass !== null && modelled !== null) open.push([pass, modelled]);
      };
      const end = (which: number, how: 'good' | 'bad' | 'turnedDown' | 'none'): void => {
        const [both] = open.splice(which % Math.max(1, open.length), 1);
        if (both === undefined) return;
        if (how === 'bad') breaker.bad(both[0], 'reset');
        else breaker[how](both[0]);
        model.end(both[1], how);
      };
      for (const one of steps) {
        if (one.do === 'begin') begin();
        else if (one.do === 'end') end(one.which, one.how);
        else if (one.do === 'wait') clock.now += one.ms;
        else if (one.do === 'force') {
          breaker.force(one.to, 'by hand');
          model.force(one.to);
        } else
          for (let each = 0; each < one.times; each += 1) {
            begin();
            end(open.length - 1, one.how);
          }
        t.is(breaker.state, model.state);
        seen[breaker.state] += 1;
      }
    }),
    { numRuns: Number(process.env['LAW_RUNS'] ?? 300) },
  );
  for (const state of ['closed', 'half-open', 'open'] as const) t.true(seen[state] > 100, `${state}: ${seen[state]}`);
});
