import test from 'ava';
import * as fc from 'fast-check';
import { compareDecimals, digitsOf } from './decimal.ts';
import { isDate, isDateTime, isDuration, isTime, compareDurations } from './dates.ts';
import { xsdPattern } from '../schema/patterns.ts';
import { normalise, scalar } from './scalars.ts';

type Scaled = [value: bigint, scale: number, zeros: number];
const written = ([value, scale, zeros]: Scaled): string => {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${value < 0n ? '-' : ''}${'0'.repeat(zeros)}${digits.slice(0, point)}.${digits.slice(point)}${'0'.repeat(zeros)}`;
};
const exact = ([value, scale]: Scaled): bigint => value * 10n ** BigInt(5 - scale);

test('decimals are ordered by value, to the last digit', (t) => {
  const scaled = fc.tuple(fc.bigInt(-(10n ** 25n), 10n ** 25n), fc.nat(5), fc.nat(3));
  fc.assert(
    fc.property(scaled, scaled, (a, b) => {
      const difference = exact(a) - exact(b);
      // Plus 0: equal numbers below zero compare as -0.
      t.is(Math.sign(compareDecimals(written(a), written(b))) + 0, difference === 0n ? 0 : difference < 0n ? -1 : 1);
    }),
    { numRuns: 300 },
  );
  t.is(compareDecimals('-0', '0'), 0);
  t.is(compareDecimals('+.50', '0.5'), 0);
  t.deepEqual(digitsOf('-0012.3400'), { whole: 2, fraction: 2 });
});

test('a million zeros are looked at once', (t) => {
  const zeros = '0'.repeat(1_000_000);
  const before = performance.now();
  compareDecimals(`1.${zeros}1`, `1.${zeros}2`);
  t.true(performance.now() - before < 500);
});

const accepts = test.macro({
  exec: (t, is: (text: string) => boolean, good: readonly string[], bad: readonly string[]) => {
    for (const text of good) t.true(is(text), text);
    for (const text of bad) t.false(is(text), text);
  },
  title: (name = '') => `lexical forms: ${name}`,
});
test(
  'dateTime',
  accepts,
  isDateTime,
  ['2024-02-29T00:00:00', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.9999999+14:00', '2024-01-01T24:00:00'],
  [
    '2023-02-29T00:00:00',
    '2024-01-01',
    '0000-01-01T00:00:00',
    '2024-01-01T24:00:01',
    '2024-01-01T00:60:00',
    '2024-01-01T00:00:00+15:00',
    '2024-01-01T00:00:00.1234567890',
    '2024-1-1T0:0:0',
  ],
);
test('date', accepts, isDate, ['2024-12-31', '2000-02-29Z'], ['1900-02-29', '2024-04-31', '2024-13-01']);
test('time', accepts, isTime, ['00:00:00', '23:59:59.5-01:00'], ['25:00:00', '1:00:00']);
test('duration', accepts, isDuration, ['P1D', '-PT0.5S', 'P1Y2M3DT4H5M6.7S'], ['P', 'PT', 'P1', '1D', 'P1S', 'P-1D']);

test('durations are ordered by their length, to the nanosecond, where it does not depend on the month', (t) => {
  t.is(compareDurations('PT0.000000001S', 'PT0S'), 1);
  t.is(compareDurations('-P1DT1H1M1.5S', '-PT90061.5S'), 0);
  t.is(compareDurations('P1Y', 'P12M'), 0);
  t.is(compareDurations('P1M', 'P32D'), -1);
  t.is(compareDurations('P1M', 'P27D'), 1);
  t.is(compareDurations('-P1M', 'P1D'), -1);
  t.is(compareDurations('P400Y', 'P146097D'), 0);
  for (const days of ['P28D', 'P30D', 'P31D']) t.is(compareDurations('P1M', days), Number.NaN);
});

const pattern = test.macro({
  exec: (t, source: string, good: readonly string[], bad: readonly string[]) => {
    const compiled = xsdPattern(source);
    for (const text of good) t.true(compiled?.test(text), text);
    for (const text of bad) t.false(compiled?.test(text), text);
  },
  title: (_, source) => `pattern ${String(source)}`,
});
test(pattern, 'a|b', ['a', 'b'], ['ab', 'xa', 'a\n']);
test(pattern, '^a$', ['^a$'], ['a']);
test(pattern, '[a&&b]', ['a', '&', 'b'], ['c']);
test(pattern, '\\i\\c*', ['a-b.c', '_x', 'é'], ['-a', '1', '']);
test(pattern, '[\\w-]+', ['a-b', 'é1'], ['a b', '']);
test(pattern, '[+\\-*/.,;:@~]', ['+', '-', '*', '/', '.', '@'], ['a', '\\']);
test(pattern, '[^\\s]{2}', ['ab', '\u00a0x'], ['a ', 'abc']);
test(pattern, '.{1,2}\\-\\$', ['é-$', 'ab-$'], ['\n-$', '-$']);
test(pattern, '\\p{Lu}\\P{Lu}', ['Aa', 'É1'], ['aa']);

test('patterns without a counterpart are told, not guessed', (t) => {
  t.is(xsdPattern('\\p{IsBasicLatin}'), null);
  t.is(xsdPattern('[a-z-[aeiou]]'), null);
  t.is(xsdPattern('('), null);
});

test('white space is collapsed as XML has it: no-break spaces are text', (t) => {
  t.is(normalise(' \t a \n b\r', 'collapse'), 'a b');
  t.is(normalise('\u00a0a\u00a0', 'collapse'), '\u00a0a\u00a0');
  t.is(normalise(' a\tb ', 'replace'), ' a b ');
  t.is(normalise(' a\tb ', 'preserve'), ' a\tb ');
});

test('the largest float is read as .NET writes it, which is above it as a double', (t) => {
  const float = scalar('float')!;
  t.is(float.read('3.40282347E+38'), 3.402_823_47e38);
  t.is(float.write(3.402_823_47e38), '3.40282347e+38');
  t.throws(() => float.read('3.41E+38'));
  t.throws(() => float.write(Number.MAX_VALUE));
});

test('years and days of months are those of the calendar', (t) => {
  const taken = (builtin: string, text: string): boolean => {
    try {
      return scalar(builtin)?.read(text) === text;
    } catch {
      return false;
    }
  };
  for (const text of ['--02-29', '--04-30', '--12-31Z']) t.true(taken('gMonthDay', text), text);
  for (const text of ['--02-30', '--04-31', '--13-01', '--01-32']) t.false(taken('gMonthDay', text), text);
  for (const text of ['2024', '-0044', '12024+01:00']) t.true(taken('gYear', text), text);
  for (const text of ['0000', '02024', '-0000', '24']) t.false(taken('gYear', text), text);
  t.false(taken('gYearMonth', '0000-01'));
});
