import test from 'ava';
import { limiter, rateLimit } from './rate-limit.ts';
import { plainCall } from '../../test/helpers/plain-call.ts';

test('each key has its own count, and hears when its next call is in order', async (t) => {
  const counts = limiter({ calls: 2, per: 60_000 });
  t.deepEqual([await counts.take('a'), await counts.take('a')], [null, null]);
  const wait = await counts.take('a');
  t.true(wait !== null && wait > 59_000 && wait <= 60_000, `${wait}`);
  t.is(await counts.take('b'), null);
});

test('past the most keys at a time, those never seen share one count, and those seen keep theirs', async (t) => {
  let now = 0;
  const counts = limiter({ calls: 2, per: 60_000 }, 3, () => now);
  for (const key of ['a', 'b', 'c']) t.is(await counts.take(key), null);
  t.deepEqual([await counts.take('d'), await counts.take('e')], [null, null]);
  t.not(await counts.take('f'), null);
  t.is(await counts.take('a'), null);
  now += 60_000;
  t.not(await counts.take('g'), null);
  now += 120_000;
  t.is(await counts.take('h'), null);
});

test('a call too many is 429, and told to come again in whole seconds', async (t) => {
  const rule = rateLimit(limiter({ calls: 1, per: 1500 }), () => 'a');
  t.is(await rule(plainCall()), null);
  const refused = await rule(plainCall());
  t.is(refused?.reason, 'rate');
  t.is(refused?.trouble.status, 429);
  t.is(refused?.trouble.retryAfter, 2);
});
