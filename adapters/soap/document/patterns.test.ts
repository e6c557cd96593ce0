import test from 'ava';
import * as fc from 'fast-check';
import { compareDecimals, digitsOf } from '../contract/values/decimal.ts';
import { xsdPattern } from '../contract/schema/patterns.ts';
import {
  decimalPattern,
  fractionDigitsPattern,
  signPattern,
  totalDigitsPattern,
  valuesPattern,
} from './decimal-pattern.ts';
import { portablePattern } from './portable-pattern.ts';

const numRuns = Number(process.env['LAW_RUNS'] ?? 300);
const few = fc.stringMatching(/^[01209]{0,4}$/);
const decimal = fc
  .tuple(fc.constantFrom('', '+', '-'), few, fc.constantFrom('', '.'), few)
  .map(([sign, whole, point, fraction]) => `${sign}${whole}${point}${point === '' ? '' : fraction}`)
  .filter((text) => new RegExp(decimalPattern, 'u').test(text));
const matches = (pattern: string, text: string): boolean => new RegExp(pattern, 'u').test(text);

test('patterns count digits as the codec does', (t) => {
  fc.assert(
    fc.property(decimal, fc.integer({ min: 0, max: 5 }), (text, most) => {
      const { whole, fraction } = digitsOf(text);
      t.is(matches(totalDigitsPattern(most), text), whole + fraction <= most, `${text} total ${most}`);
      t.is(matches(fractionDigitsPattern(most), text), fraction <= most, `${text} fraction ${most}`);
    }),
    { numRuns: numRuns * 5 },
  );
});

test('patterns know a value in all its spellings, and which side of zero it is on', (t) => {
  fc.assert(
    fc.property(decimal, decimal, (one, other) => {
      t.is(matches(valuesPattern(['77', one]), other), compareDecimals(one, other) === 0, `${one} and ${other}`);
      const order = compareDecimals(one, '0');
      t.is(matches(signPattern('positive', true), one), order >= 0, one);
      t.is(matches(signPattern('positive', false), one), order > 0, one);
      t.is(matches(signPattern('negative', true), one), order <= 0, one);
      t.is(matches(signPattern('negative', false), one), order < 0, one);
    }),
    { numRuns: numRuns * 5 },
  );
});

const told = test.macro<[string, boolean]>({
  exec(t, source, isPortable) {
    const own = xsdPattern(source);
    if (own === null) return t.false(isPortable);
    const portable = portablePattern(own);
    t.is(portable !== null, isPortable);
    if (portable === null) return undefined;
    const text = fc
      .array(fc.constantFrom('😀', 'é', '٣', ...'aZ9_-.&!:/#[]{}^$ ,~'.split('')), { maxLength: 6 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, (each) => t.is(matches(portable, each), own.test(each), each)),
      { numRuns },
    );
    return undefined;
  },
  title: (_, source, isPortable) =>
    `the pattern ${source} is ${isPortable ? 'the same to others' : 'kept to ourselves'}`,
});
for (const source of [
  '[A-Z]{2}\\d-\\i\\c*',
  '[\\i-[:]][\\c-[:]]*',
  'a|Z9|[&!#:/,~]+',
  '\\w+',
  '[^\\s&]*',
  '\\p{Lu}?[\\d\\c]+',
  '.{1,3}',
  '\\$\\^?[$^]*',
  '\\[[\\[\\]]\\]',
]) {
  test(told, source, source !== '[\\i-[:]][\\c-[:]]*');
}
test('a class in a class is spelled out, a negated one is not', (t) => {
  t.is(portablePattern(xsdPattern('[\\i9]') ?? /-/), '^(?:[\\p{L}_:9])$');
  t.is(portablePattern(xsdPattern('[\\I9]') ?? /-/), null);
});
