import test from 'ava';
import { refusing } from './refusing.ts';

test('a write that is taken while others are refused proves nothing', (t) => {
  let now = 0;
  const writes = refusing(() => now);
  t.false(writes.isRefusing);
  writes.refused();
  for (now = 1000; now < 10_000; now += 1000) {
    writes.took(); // by one node of a cluster
    t.true(writes.isRefusing);
    writes.refused(); // by another
  }
  now += 1000;
  writes.took();
  t.false(writes.isRefusing, 'nobody has refused anything for two seconds');
});

test('it is tried once a second', (t) => {
  let now = 0;
  const writes = refusing(() => now);
  let tries = 0;
  for (; now < 10_000; now += 200) if (writes.mayTry()) tries += 1;
  t.is(tries, 10);
});
