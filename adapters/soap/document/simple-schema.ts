// A simple type as JSON Schema: its builtin, narrowed by its facets as far as JSON Schema can say them.
import { scalar } from '../contract/values/scalars.ts';
import { builtinSchema, whiteSpacePattern } from './builtin-schema.ts';
import { fractionDigitsPattern, signPattern, totalDigitsPattern, valuesPattern } from './decimal-pattern.ts';
import { withPatterns } from './json-schema.ts';
import { portablePattern } from './portable-pattern.ts';
import type { Json } from '../../adapter.ts';
import type { Facets, SimpleType } from '../contract/schema/types.ts';
import type { JsonSchema } from './json-schema.ts';

/** What the codec makes of the type's text. Facets that cannot be said are left out, bounds of strings told in words. */
export const simpleSchema = (type: SimpleType): JsonSchema => {
  if (type.item !== null) return listSchema(type, type.item);
  if (type.union !== null) return unionSchema(type, type.union);
  const base = builtinSchema(type.builtin);
  if (base['type'] === 'integer') return wholeSchema(base, type.facets);
  if (base['anyOf'] !== undefined) return floatSchema(base, type.facets);
  return base['type'] === 'string' ? textSchema(base, type) : base;
};

// Items stand between blanks: none is empty, none has one in it.
const listSchema = ({ facets }: SimpleType, item: SimpleType): JsonSchema => {
  const own = simpleSchema(item);
  const items = own['type'] === 'string' && own['enum'] === undefined ? alsoMatching(own, '^[^ \\t\\n\\r]+$') : own;
  const { min, max } = lengths(facets);
  return {
    type: 'array',
    items,
    ...(min > 0 ? { minItems: min } : {}),
    ...(max < Infinity ? { maxItems: max } : {}),
  };
};

/** Text, whatever the branches are: what stands there is kept as it stands. */
const unionSchema = (type: SimpleType, branches: readonly SimpleType[]): JsonSchema => {
  const listed = listedIn(type.facets);
  if (listed !== null) return { type: 'string', enum: [...listed] };
  const patterns = type.facets.map((each) => oneOf(each.patterns)).filter((pattern) => pattern !== null);
  const texts = branches.map(simpleSchema).map((each) => (each['type'] === 'string' ? each : { type: 'string' }));
  const isOpen = texts.some((each) => Object.keys(each).length === 1);
  return withPatterns({ type: 'string', ...(isOpen ? {} : { anyOf: texts }) }, patterns);
};

const alsoMatching = (schema: JsonSchema, pattern: string): JsonSchema =>
  schema['pattern'] === undefined ? { ...schema, pattern } : { allOf: [schema, { pattern }], type: 'string' };

const wholeSchema = (base: JsonSchema, facets: readonly Facets[]): JsonSchema => {
  const listed = listedIn(facets);
  if (listed !== null) return { type: 'integer', enum: listed.map(Number) };
  const schema: Record<string, Json> = { ...base };
  const at = (keyword: string, limit: string | null, pick: (...numbers: number[]) => number): void => {
    const present = schema[keyword];
    if (limit !== null) schema[keyword] = typeof present === 'number' ? pick(present, Number(limit)) : Number(limit);
  };
  for (const each of facets) {
    at('minimum', each.minInclusive, Math.max);
    at('maximum', each.maxInclusive, Math.min);
    at('exclusiveMinimum', each.minExclusive, Math.max);
    at('exclusiveMaximum', each.maxExclusive, Math.min);
    if (each.totalDigits !== null) {
      at('exclusiveMinimum', `-1e${each.totalDigits}`, Math.max);
      at('exclusiveMaximum', `1e${each.totalDigits}`, Math.min);
    }
  }
  return schema;
};

const floatSchema = (base: JsonSchema, facets: readonly Facets[]): JsonSchema => {
  const [number, specials] = base['anyOf'] as readonly [JsonSchema, JsonSchema];
  const listed = listedIn(facets);
  if (listed !== null) {
    const numbers = listed.map((text): Json => (/^[+-]?\d|^[+-]?\./.test(text.trim()) ? Number(text) : text.trim()));
    return { enum: numbers };
  }
  const bounded = wholeSchema({ ...number, type: 'number' }, facets);
  const has = (keyword: string): boolean => bounded[keyword] !== number[keyword];
  const isBelow = has('maximum') || has('exclusiveMaximum');
  const isAbove = has('minimum') || has('exclusiveMinimum');
  if (!isBelow && !isAbove) return base;
  // No bound holds for NaN, and one on each side leaves no infinity.
  const infinity = isBelow && isAbove ? [] : [isBelow ? '-INF' : 'INF'];
  return infinity.length === 0 || specials['enum'] === undefined ? bounded : { anyOf: [bounded, { enum: infinity }] };
};

const textSchema = (base: JsonSchema, type: SimpleType): JsonSchema => {
  const { builtin, facets, whiteSpace } = type;
  const setting = scalar(builtin);
  const isDecimal = setting?.order === 'decimal';
  const listed = listedIn(facets);
  if (listed !== null && !isDecimal) return { type: 'string', enum: [...listed] };
  const patterns = [
    base['pattern'],
    whiteSpacePattern(builtin, whiteSpace),
    ...facets.flatMap((each) => [oneOf(each.patterns), ...(isDecimal ? decimalPatterns(each) : [])]),
    listed === null ? null : valuesPattern(listed),
  ].filter((pattern) => typeof pattern === 'string');
  const schema: Record<string, Json> = { ...base };
  const { min, max } = lengths(facets);
  const characters = (count: number): number =>
    setting?.unit === 'hex' ? count * 2 : setting?.unit === 'base64' ? Math.ceil(count / 3) * 4 : count;
  if (min > 0) schema['minLength'] = characters(min);
  if (max < Infinity) schema['maxLength'] = characters(max);
  const told = typeof base['description'] === 'string' ? [base['description']] : [];
  const description = [...told, ...inWords(facets)].join(' ');
  if (description !== '') schema['description'] = description;
  return withPatterns(schema, patterns);
};

const decimalPatterns = (facets: Facets): (string | null)[] => {
  const { minInclusive, minExclusive, maxInclusive, maxExclusive, totalDigits, fractionDigits } = facets;
  const low = minExclusive ?? minInclusive;
  const high = maxExclusive ?? maxInclusive;
  return [
    totalDigits === null ? null : totalDigitsPattern(totalDigits),
    fractionDigits === null ? null : fractionDigitsPattern(fractionDigits),
    low === null || !(Number(low) >= 0) ? null : signPattern('positive', minExclusive === null && Number(low) === 0),
    high === null || !(Number(high) <= 0) ? null : signPattern('negative', maxExclusive === null && Number(high) === 0),
  ];
};

const oneOf = (patterns: readonly RegExp[] | null): string | null => {
  if (patterns === null) return null;
  const all = patterns.map(portablePattern);
  return all.every((each) => each !== null) ? all.join('|') : null;
};

/** Values that every enumeration lists; null where there is none. */
const listedIn = (facets: readonly Facets[]): readonly string[] | null => {
  const lists = facets.flatMap(({ enumeration }) => (enumeration === null ? [] : [enumeration]));
  const [first, ...more] = lists;
  if (first === undefined) return null;
  return [...new Set(first)].filter((text) => more.every((list) => list.includes(text)));
};

const lengths = (facets: readonly Facets[]): { min: number; max: number } => ({
  min: Math.max(0, ...facets.flatMap(({ length, minLength }) => [length ?? 0, minLength ?? 0])),
  max: Math.min(Infinity, ...facets.flatMap(({ length, maxLength }) => [length ?? Infinity, maxLength ?? Infinity])),
});

const inWords = (facets: readonly Facets[]): string[] =>
  facets.flatMap((each) => {
    const told = (words: string, value: string | number | null, after = ''): string[] =>
      value === null ? [] : [`${words} ${value}${after}.`];
    return [
      ...told('At least', each.minInclusive),
      ...told('More than', each.minExclusive),
      ...told('At most', each.maxInclusive),
      ...told('Less than', each.maxExclusive),
      ...told('At most', each.totalDigits, ' digits'),
      ...told('At most', each.fractionDigits, ' decimal places'),
    ];
  });
