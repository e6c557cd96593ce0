import test from 'ava';
import * as fc from 'fast-check';
import { sizeOf, type Entry } from './entry.ts';
import { memory } from './memory.ts';

const entry = (body: string, tags: readonly string[] = ['c:Get'], until = 1000): Entry => ({
  status: 200,
  reason: 'OK',
  raw: ['Content-Type', 'text/xml'],
  body: Buffer.from(body),
  keepable: { fault: null, relatesTo: null },
  by: 'legacy',
  destination: 'old',
  of: 'orders.Get',
  storedAt: 0,
  freshUntil: until,
  staleUntil: until,
  errorUntil: until,
  tags,
});
const read = (kept: ReturnType<typeof memory>, key: string, one: Entry): boolean => {
  const reading = kept.begin();
  const isKept = kept.put(key, one, reading);
  kept.done(reading);
  return isKept;
};

test('an answer is kept until it is of no use', (t) => {
  const kept = memory(1e6);
  read(kept, 'k', entry('x'));
  t.is(kept.get('k', 1000)?.body.toString(), 'x');
  t.is(kept.get('k', 1001), undefined);
  t.is(kept.entries, 0);
});

test('a read that began before a write cannot put the old answer back', (t) => {
  const kept = memory(1e6);
  const reading = kept.begin();
  kept.invalidate(['c:Get']);
  t.true(kept.isOutdated(reading, ['c:Get']));
  t.false(kept.put('k', entry('old'), reading));
  kept.done(reading);
  t.true(read(kept, 'k', entry('new')));
});

test('nor one that began before all was taken back', (t) => {
  const kept = memory(1e6);
  const reading = kept.begin();
  kept.clear();
  t.false(kept.put('k', entry('old'), reading));
});

test('a purge of very many lets others have their turn, and takes what is being read at once', async (t) => {
  const kept = memory(1e9);
  for (let n = 0; n < 12_000; n += 1) read(kept, `k${n}`, entry('v'));
  const reading = kept.begin();
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const purging = kept.purge(() => true);
  t.false(kept.put('late', entry('old'), reading));
  t.is(await purging, 12_000);
  isOver = true;
  t.is(kept.entries, 0);
  t.true(turns >= 2);
});

test('what is purged by hand is not put back by a read that began before', async (t) => {
  const kept = memory(1e6);
  read(kept, 'a', entry('a'));
  read(kept, 'b', entry('b'));
  const reading = kept.begin();
  t.is(await kept.purge((_, key) => key === 'a'), 1);
  t.deepEqual([kept.peek('a'), kept.peek('b')?.body.toString()], [undefined, 'b']);
  t.false(kept.put('a', entry('old'), reading));
});

test('a write takes back what has its tag, by whatever key', (t) => {
  const kept = memory(1e6);
  read(kept, 'a', entry('a', ['c:Get', 'c:Get:id=7']));
  read(kept, 'b', entry('b', ['c:Get', 'c:Get:id=8']));
  t.is(kept.invalidate(['c:Get:id=7']), 1);
  t.deepEqual([kept.get('a', 0), kept.get('b', 0)?.body.toString()], [undefined, 'b']);
  t.is(kept.invalidate(['c:Get']), 1);
  t.is(kept.entries, 0);
});

test('a write that takes back very many lets others have their turn, and none of them is given meanwhile', async (t) => {
  const kept = memory(1e9);
  const keys = Array.from({ length: 12_000 }, (_, n) => `k${n}`);
  for (const key of keys) read(kept, key, entry('old', ['c:Get', `c:Get:id=${key}`]));
  t.is(kept.invalidate(['c:Get']), 12_000);
  t.true(kept.entries > 0, 'or they were all freed at once');
  t.true(keys.every((key) => kept.get(key, 0) === undefined && kept.peek(key) === undefined));
  t.is(await kept.purge(() => true), 0, 'none is there twice');
  read(kept, 'k11999', entry('new', ['c:Get', 'c:Get:id=7']));
  t.is(kept.get('k11999', 0)?.body.toString(), 'new');
  for (let turns = 0; turns < 10; turns += 1) await new Promise(setImmediate);
  t.is(kept.entries, 1);
  t.is(kept.get('k11999', 0)?.body.toString(), 'new');
  t.is(kept.invalidate(['c:Get']), 1);
  t.is(kept.entries, 0);
});

test('an answer renewed with other tags is taken back by those alone', (t) => {
  const kept = memory(1e6);
  read(kept, 'k', entry('a', ['one']));
  read(kept, 'k', entry('b', ['two']));
  t.is(kept.invalidate(['one']), 0);
  t.is(kept.invalidate(['two']), 1);
});

test('bytes stay within the bound; what is larger than all of it is not taken in', (t) => {
  const one = entry('x'.repeat(1000));
  const kept = memory(10 * sizeOf(one));
  for (let n = 0; n < 1000; n += 1) read(kept, `k${n}`, one);
  t.is(kept.entries, 10);
  t.is(kept.bytes, 10 * sizeOf(one));
  t.false(read(kept, 'big', entry('x'.repeat(20_000))));
  t.is(kept.get('k999', 0), one);
});

// The simplest cache there is: a list of what was kept and when, searched for a write that came later.
test('LAW: as a list that is searched for a later write, however many are freed at a time', async (t) => {
  const key = fc.constantFrom('a', 'b', 'c');
  const tag = fc.constantFrom('one', 'two');
  const step = fc.oneof(
    fc.record({ is: fc.constant('begin' as const), key, tag }),
    fc.record({ is: fc.constant('end' as const), which: fc.nat(5) }),
    fc.record({ is: fc.constant('write' as const), tag }),
    fc.record({ is: fc.constant('turn' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 30, maxLength: 90 }),
      fc.constantFrom(1, 2, 5000),
      async (steps, atATime) => {
        const kept = memory(1e9, atATime);
        let clock = 0;
        const writes: { tag: string; at: number }[] = [];
        const model = new Map<string, { body: string; tag: string; began: number }>();
        const under: {
          key: string;
          tag: string;
          began: number;
          body: string;
          reading: ReturnType<typeof kept.begin>;
        }[] = [];
        for (const each of steps) {
          clock += 1;
          if (each.is === 'begin') under.push({ ...each, began: clock, body: `${clock}`, reading: kept.begin() });
          else if (each.is === 'write') {
            writes.push({ tag: each.tag, at: clock });
            kept.invalidate([each.tag]);
          } else if (each.is === 'turn') await new Promise(setImmediate);
          else if (under.length > 0) {
            const [ended] = under.splice(each.which % under.length, 1);
            const isOld = writes.some(({ tag: taken, at }) => taken === ended!.tag && at > ended!.began);
            t.is(kept.put(ended!.key, entry(ended!.body, [ended!.tag]), ended!.reading), !isOld);
            kept.done(ended!.reading);
            if (!isOld) model.set(ended!.key, { ...ended!, began: clock });
          }
          for (const [of, value] of model) {
            const isTaken = writes.some(({ tag: taken, at }) => taken === value.tag && at > value.began);
            t.is(kept.get(of, 0)?.body.toString(), isTaken ? undefined : value.body);
          }
        }
      },
    ),
  );
});
