import test from 'ava';
import { breakers } from './breakers.ts';
import type { Guarded } from './breaker.ts';
import { usualBreaker } from './schema.ts';

const rig = () => {
  const clock = { now: 0 };
  const all = breakers({
    steady: () => clock.now,
    wall: () => clock.now,
    chance: () => 0,
    events: { emit: () => undefined, on: () => () => undefined },
  });
  const guard = (operation: string, more: Partial<Guarded> = {}): Guarded => ({
    destination: 'new',
    operation,
    address: 'http://a',
    patience: 1000,
    settings: usualBreaker(),
    ...more,
  });
  const flip = (...wanted: Guarded[]) => {
    const draft = all.draft();
    const made = wanted.map((one) => draft.of(one));
    draft.keep();
    return made;
  };
  const fail = (breaker: ReturnType<typeof flip>[number] | undefined) => {
    for (let each = 0; each < 20; each += 1) breaker!.bad(breaker!.admit()!, 'connect');
  };
  return { all, clock, guard, flip, fail };
};

test('an operation has the same breaker on all routes and over flips', (t) => {
  const { guard, flip } = rig();
  const [one, again] = flip(guard('Get'), guard('Get'));
  t.is(one, again);
  t.is(flip(guard('Get'))[0], one);
});

test('operations of a destination open one by one', (t) => {
  const { guard, flip, fail } = rig();
  const [get, place] = flip(guard('Get'), guard('Place'));
  fail(get);
  t.is(get?.state, 'open');
  t.is(place?.state, 'closed');
});

test('an open one stays open when its settings change, and not when the address does', (t) => {
  const { guard, flip, fail } = rig();
  fail(flip(guard('Get'))[0]);
  const [later] = flip(guard('Get', { settings: { ...usualBreaker(), openFor: 1 } }));
  t.is(later?.state, 'open');
  t.is(flip(guard('Get'))[0]?.state, 'open');
  t.is(flip(guard('Get', { address: 'http://b' }))[0]?.state, 'closed');
});

test('a table that never serves changes nothing', (t) => {
  const { all, guard, flip } = rig();
  const [one] = flip(guard('Get'));
  all.draft().of(guard('Get', { address: 'http://b' }));
  t.deepEqual([...all.all], [one]);
});

test('what no table uses any more is forgotten', (t) => {
  const { all, guard, flip } = rig();
  flip(guard('Get'), guard('Place'));
  flip(guard('Place'));
  t.deepEqual(
    [...all.all].map(({ of }) => of.operation),
    ['Place'],
  );
});

test('two routes that want different breakers of one operation are told', (t) => {
  const { all, guard } = rig();
  const draft = all.draft();
  draft.of(guard('Get'));
  t.throws(() => draft.of(guard('Get', { settings: { ...usualBreaker(), probes: 9 } })), {
    message: /the breaker of new for Get is set in two ways/,
  });
});

test('a destination that is held as a whole holds what a later flip brings, until it is let go', (t) => {
  const { all, guard, flip } = rig();
  flip(guard('Get'));
  all.force({ destination: 'new', operation: null }, { forced: 'open', why: 'test' });
  const [get, place] = flip(guard('Get'), guard('Place', { address: 'http://b' }));
  t.is(get?.forced, 'open');
  t.is(place?.admit(), null);
  all.force({ destination: 'new', operation: null }, { forced: null, why: 'test' });
  t.is(place?.forced, null);
  t.is(flip(guard('Get'), guard('Place'), guard('List'))[2]?.forced, null);
});

test('one that is held stays so at another address', (t) => {
  const { all, guard, flip } = rig();
  flip(guard('Get'), guard('Place'));
  all.force({ destination: 'new', operation: 'Get' }, { forced: 'open', why: 'test' });
  const moved = flip(guard('Get', { address: 'http://b' }), guard('Place', { address: 'http://b' }));
  t.deepEqual(
    moved.map(({ forced }) => forced),
    ['open', null],
  );
});

test('a window that nobody asks about any more is given up', (t) => {
  const { all, clock, guard, flip } = rig();
  const [get] = flip(guard('Get'));
  get!.bad(get!.admit()!, 'reset');
  clock.now = 10_000;
  all.tidy();
  t.true(get!.isOfNote);
  clock.now = 10_001;
  all.tidy();
  t.false(get!.isOfNote);
});

test('a name that is not there is told with the nearest that is', (t) => {
  const { all, guard, flip } = rig();
  flip(guard('GetOrder'));
  const forcing = { forced: 'open', why: '' } as const;
  t.deepEqual(all.force({ destination: 'nw', operation: null }, forcing), { is: 'unknown', nearest: 'new' });
  t.deepEqual(all.force({ destination: 'new', operation: 'GetOrdr' }, forcing), {
    is: 'unknown',
    nearest: 'new/GetOrder',
  });
});
