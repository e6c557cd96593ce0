// XML Schema's builtin types as JSON Schema: what the codec reads and writes. Whatever a JSON number could round is a string.
import { decimalPattern, integerPattern, unsignedPattern } from './decimal-pattern.ts';
import type { JsonSchema } from './json-schema.ts';
import type { WhiteSpace } from '../contract/schema/types.ts';

const whole = (minimum: number, maximum: number, format?: string): JsonSchema => ({
  type: 'integer',
  ...(format === undefined ? {} : { format }),
  minimum,
  maximum,
});
const text = (pattern: string, more: JsonSchema = {}): JsonSchema => ({ type: 'string', ...more, pattern });
const digits = (pattern: string, description: string, format?: string): JsonSchema =>
  text(pattern, { ...(format === undefined ? {} : { format }), description });
const float = (format: string, bounds: JsonSchema): JsonSchema => ({
  anyOf: [{ type: 'number', format, ...bounds }, { enum: ['INF', '-INF', 'NaN'] }],
});

const widestFloat = 3.402_823_466_385_288_6e38;
const zone = '(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?';
const month = '(?:0[1-9]|1[0-2])';
const day = '(?:0[1-9]|[12][0-9]|3[01])';
const date = `(?!0000)[0-9]{4}-${month}-${day}`;
const clock = '(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?|24:00:00(?:\\.0{1,9})?)';
const duration =
  '^-?P(?=.)(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=.)(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\\.[0-9]+)?S)?)?$';
const anyZone = '(?:Z|[+-][0-9]{2}:[0-9]{2})?';
const letters = '\\p{L}\\p{N}\\p{M}._';
const ncName = `^[\\p{L}_][${letters}·\\-]*$`;
const string: JsonSchema = { type: 'string' };

const table: Readonly<Record<string, JsonSchema>> = {
  string,
  normalizedString: string,
  token: string,
  anyURI: string,
  anySimpleType: string,
  language: text('^[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*$'),
  Name: text(`^[\\p{L}_:][${letters}:·\\-]*$`),
  NCName: text(ncName),
  ID: text(ncName),
  IDREF: text(ncName),
  NMTOKEN: text(`^[${letters}:·\\-]+$`),
  QName: text('^(?:\\{[^{}]+\\})?[^{}]+$', {
    description: 'A name as {namespace}name, or name alone in no namespace.',
  }),
  boolean: { type: 'boolean' },
  byte: whole(-128, 127),
  short: whole(-32_768, 32_767),
  int: whole(-2_147_483_648, 2_147_483_647, 'int32'),
  unsignedByte: whole(0, 255),
  unsignedShort: whole(0, 65_535),
  unsignedInt: whole(0, 4_294_967_295),
  long: digits('^[+-]?0*[0-9]{1,19}$', 'A whole number of 64 bits, as its digits.', 'int64'),
  unsignedLong: digits(
    '^(?:\\+?0*[0-9]{1,20}|-0+)$',
    'A whole number of 64 bits, not negative, as its digits.',
    'uint64',
  ),
  integer: digits(integerPattern, 'A whole number of any size, as its digits.'),
  nonNegativeInteger: digits(unsignedPattern, 'A whole number of any size, 0 or more, as its digits.'),
  positiveInteger: digits('^\\+?0*[1-9][0-9]*$', 'A whole number of any size, 1 or more, as its digits.'),
  nonPositiveInteger: digits('^(?:-[0-9]+|\\+?0+)$', 'A whole number of any size, 0 or less, as its digits.'),
  negativeInteger: digits('^-0*[1-9][0-9]*$', 'A whole number of any size, below 0, as its digits.'),
  decimal: digits(decimalPattern, 'A decimal number as its digits; zeros at its end are kept.', 'decimal'),
  float: float('float', { minimum: -widestFloat, maximum: widestFloat }),
  double: float('double', {}),
  // No format `date-time`: that asks for a zone, which these may lack.
  dateTime: text(`^${date}T${clock}${zone}$`, { description: 'A date and time; without a zone it is unspecified.' }),
  date: text(`^${date}${zone}$`),
  time: text(`^${clock}${zone}$`),
  gYear: text(`^-?[0-9]{4,9}${anyZone}$`),
  gYearMonth: text(`^-?[0-9]{4,9}-${month}${anyZone}$`),
  gMonth: text(`^--${month}${anyZone}$`),
  gMonthDay: text(`^--${month}-${day}${anyZone}$`),
  gDay: text(`^---${day}${anyZone}$`),
  duration: text(duration, { description: 'A duration by XML Schema, such as P1DT2H3M4.005S.' }),
  // No groups that repeat: they would need a stack as long as the value.
  base64Binary: text('^[A-Za-z0-9+/]*={0,2}$', { contentEncoding: 'base64' }),
  hexBinary: text('^[0-9A-Fa-f]*$', { contentEncoding: 'base16' }),
  guid: text('^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$', { format: 'uuid' }),
};

/** By local name. A builtin that is not known here may be anything: the codec judges it. */
export const builtinSchema = (builtin: string): JsonSchema =>
  Object.hasOwn(table, builtin) ? (table[builtin] ?? {}) : {};

const preserving = new Set(['string', 'normalizedString', 'token', 'anyURI', 'anySimpleType']);

/** Blanks that a type would lose may not be there; null where it loses none, or where its own pattern has none. */
export const whiteSpacePattern = (builtin: string, whiteSpace: WhiteSpace): string | null => {
  if (!preserving.has(builtin) || whiteSpace === 'preserve') return null;
  return whiteSpace === 'replace' ? '^[^\\t\\n\\r]*$' : '^(?:[^ \\t\\n\\r]+(?: [^ \\t\\n\\r]+)*)?$';
};
