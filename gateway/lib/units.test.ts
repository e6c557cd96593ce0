import test from 'ava';
import { bytes, durationPattern, milliseconds, sizePattern } from './units.ts';

test('durations are read as milliseconds', (t) => {
  t.deepEqual(
    ['0s', '500ms', '30s', '1.5m', '2h', '1d'].map(milliseconds),
    [0, 500, 30_000, 90_000, 7_200_000, 86_400_000],
  );
});

test('sizes are read as bytes, of 1024 each step', (t) => {
  t.deepEqual(['1b', '512kb', '1MB', '1.5gb'].map(bytes), [1, 524_288, 1_048_576, 1_610_612_736]);
});

test('a number without its unit is neither', (t) => {
  for (const text of ['30', '30 s', '-1s', '1e3s', 's', '1kbs'])
    t.false(durationPattern.test(text) || sizePattern.test(text), text);
});
