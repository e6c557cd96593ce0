// Restrictions of simple types: read from a schema, and checked on a value's text.
import { compareDecimals, digitsOf } from '../values/decimal.ts';
import { compareDurations } from '../values/dates.ts';
import { linearMatch } from './linear-match.ts';
import { Misfit } from '../values/misfit.ts';
import { xsdNs } from '../xml/namespaces.ts';
import { xsdPattern } from './patterns.ts';
import { attribute } from '../xml/xml.ts';
import type { Scalar } from '../values/scalars.ts';
import type { Facets } from './types.ts';
import type { XmlElement } from '../xml/xml.ts';

const known = new Set([
  'enumeration',
  'pattern',
  'length',
  'minLength',
  'maxLength',
  'totalDigits',
  'fractionDigits',
  'minInclusive',
  'maxInclusive',
  'minExclusive',
  'maxExclusive',
  'whiteSpace',
]);
const structure = new Set(['annotation', 'simpleType', 'attribute', 'attributeGroup', 'anyAttribute']);

/** Facets of an `xs:restriction`; a text instead of them names what cannot be checked. */
export const facetsOf = (restriction: XmlElement): Facets | string => {
  const values = new Map<string, string[]>();
  for (const child of restriction.children) {
    if (child.ns !== xsdNs || structure.has(child.local)) continue;
    if (!known.has(child.local)) return `the facet xs:${child.local}`;
    values.set(child.local, [...(values.get(child.local) ?? []), attribute(child, 'value') ?? '']);
  }
  const one = (name: string): string | null => values.get(name)?.[0]?.trim() ?? null;
  const count = (name: string): number | null => (one(name) === null ? null : Number(one(name)));
  const patterns: RegExp[] = [];
  for (const source of values.get('pattern') ?? []) {
    const pattern = xsdPattern(source);
    if (pattern === null) return `the pattern "${source}"`;
    patterns.push(pattern);
  }
  return {
    enumeration: values.get('enumeration') ?? null,
    patterns: patterns.length === 0 ? null : patterns,
    length: count('length'),
    minLength: count('minLength'),
    maxLength: count('maxLength'),
    totalDigits: count('totalDigits'),
    fractionDigits: count('fractionDigits'),
    minInclusive: one('minInclusive'),
    maxInclusive: one('maxInclusive'),
    minExclusive: one('minExclusive'),
    maxExclusive: one('maxExclusive'),
  };
};

/** A restriction to the listed texts and nothing else: what `fixed` comes to. */
export const onlyThese = (...enumeration: readonly string[]): Facets => ({
  enumeration,
  patterns: null,
  length: null,
  minLength: null,
  maxLength: null,
  totalDigits: null,
  fractionDigits: null,
  minInclusive: null,
  maxInclusive: null,
  minExclusive: null,
  maxExclusive: null,
});

export const hasBounds = (facets: Facets): boolean =>
  (facets.minInclusive ?? facets.maxInclusive ?? facets.minExclusive ?? facets.maxExclusive) !== null;

type Check = (text: string, size: () => number) => string | null;

/**
 * One check of all facets, compiled: throws Misfit. `size` of a value is counted only where a facet asks. Null where
 * there is nothing to check.
 */
export const facetCheck = (
  facets: readonly Facets[],
  of: Pick<Scalar, 'order'>,
): ((text: string, size: () => number) => void) | null => {
  const checks = facets.flatMap((each) => [...lengthChecks(each), ...textChecks(each, of), ...boundChecks(each, of)]);
  if (checks.length === 0) return null;
  return (text, size) => {
    for (const check of checks) {
      const complaint = check(text, size);
      if (complaint !== null) throw new Misfit(complaint);
    }
  };
};

const lengthChecks = (facets: Facets): Check[] => {
  const checks: Check[] = [];
  const { length, minLength, maxLength } = facets;
  if (length !== null) checks.push((_, size) => (size() === length ? null : `length ${size()}; expected ${length}`));
  if (minLength !== null) {
    checks.push((_, size) => (size() >= minLength ? null : `length ${size()}; expected at least ${minLength}`));
  }
  if (maxLength !== null) {
    checks.push((_, size) => (size() <= maxLength ? null : `length ${size()}; expected at most ${maxLength}`));
  }
  return checks;
};

const textChecks = (facets: Facets, of: Pick<Scalar, 'order'>): Check[] => {
  const checks: Check[] = [];
  const { enumeration, patterns, totalDigits, fractionDigits } = facets;
  if (enumeration !== null) {
    const listed = new Set(enumeration);
    const equal = (text: string): boolean =>
      listed.has(text) || (of.order !== 'text' && enumeration.some((each) => isSame(each, text, of.order)));
    const names = enumeration.length > 12 ? `${enumeration.slice(0, 12).join(', ')}, …` : enumeration.join(', ');
    checks.push((text) => (equal(text) ? null : `a value that is not listed; expected one of: ${names}`));
  }
  if (patterns !== null) {
    const matches = patterns.map((each) => linearMatch(each));
    checks.push((text) => {
      const found = new Set(matches.map((each) => each?.(text) ?? null));
      if (found.has(true)) return null;
      return found.has(null)
        ? `${text.length} characters, too many to compare with the pattern`
        : `a value that does not match the pattern`;
    });
  }
  if (totalDigits !== null) {
    checks.push((text) => {
      const { whole, fraction } = digitsOf(text);
      return whole + fraction <= totalDigits ? null : `${whole + fraction} digits; expected at most ${totalDigits}`;
    });
  }
  if (fractionDigits !== null) {
    checks.push((text) => {
      const { fraction } = digitsOf(text);
      return fraction <= fractionDigits ? null : `${fraction} decimal places; expected at most ${fractionDigits}`;
    });
  }
  return checks;
};

const boundChecks = (facets: Facets, of: Pick<Scalar, 'order'>): Check[] => {
  const bound = (limit: string | null, fits: (order: number) => boolean, expected: string): Check[] =>
    limit === null
      ? []
      : [(text) => (fits(compare(text, limit, of.order)) ? null : `out of range; expected ${expected} ${limit}`)];
  return [
    ...bound(facets.minInclusive, (order) => order >= 0, 'at least'),
    ...bound(facets.maxInclusive, (order) => order <= 0, 'at most'),
    ...bound(facets.minExclusive, (order) => order > 0, 'more than'),
    ...bound(facets.maxExclusive, (order) => order < 0, 'less than'),
  ];
};

const isSame = (a: string, b: string, order: Scalar['order']): boolean => {
  if (order === 'boolean') return truthOf(a) === truthOf(b);
  if (order === 'hex') return a.toUpperCase() === b.toUpperCase();
  if (order === 'base64') return a.replaceAll(' ', '') === b.replaceAll(' ', '');
  if (order === 'float' && a === 'NaN') return b === 'NaN';
  return compare(a, b, order) === 0;
};

const truthOf = (text: string): boolean => text === 'true' || text === '1';

/** NaN where the two have no order: no bound holds then. */
const compare = (a: string, b: string, order: Scalar['order']): number => {
  if (order === 'decimal') return compareDecimals(a, b);
  // Not by difference: that of two infinities is no number.
  if (order === 'float') return floatOf(a) === floatOf(b) ? 0 : Math.sign(floatOf(a) - floatOf(b));
  return compareDurations(a, b);
};

const floatOf = (text: string): number => Number(text.replace('INF', 'Infinity'));
