// XML Schema's builtin types: text ⇄ JSON. Whatever a JSON number could round is a string, digits as they stand.
import { compareDecimals } from './decimal.ts';
import { kindOf, Misfit } from './misfit.ts';
import { isDate, isDateTime, isDuration, isTime } from './dates.ts';
import type { Json } from '../../../adapter.ts';
import type { WhiteSpace } from '../schema/types.ts';

export interface Scalar {
  readonly whiteSpace: WhiteSpace;
  /** How bounds and enumerations compare: numbers, truth and bytes by value, all else by text. */
  readonly order: 'decimal' | 'float' | 'duration' | 'boolean' | 'base64' | 'hex' | 'text';
  /** What `length` facets count. */
  readonly unit: 'characters' | 'base64' | 'hex';
  /** Its text never holds markup. */
  readonly plain: boolean;
  /** `text` has its white space handled. Throws Misfit. */
  read(text: string): Json;
  /** Lexical form, not escaped. Throws Misfit. */
  write(json: Json): string;
  /** Of a lexical form: others of the same value, for types whose patterns refuse the usual one. */
  readonly others: ((text: string) => readonly string[]) | null;
}

interface Setting {
  order?: Scalar['order'];
  unit?: Scalar['unit'];
  whiteSpace?: WhiteSpace;
  others?: Scalar['others'];
}

const plain = (setting: Setting, read: Scalar['read'], write: Scalar['write']): Scalar => ({
  whiteSpace: setting.whiteSpace ?? 'collapse',
  order: setting.order ?? 'text',
  unit: setting.unit ?? 'characters',
  plain: true,
  read,
  write,
  others: setting.others ?? null,
});

const wrong = (found: string, expected: string): Misfit => new Misfit(`${found}; expected ${expected}`);

/** A string that keeps its text, if `fits` says it may be there. */
const verbatim = (expected: string, fits: (text: string) => boolean, setting: Setting = {}): Scalar => {
  const check = (json: Json): string => {
    if (typeof json === 'string' && fits(json)) return json;
    throw wrong(kindOf(json), expected);
  };
  return plain(setting, check, check);
};

const string = (whiteSpace: WhiteSpace, expected = 'a string', pattern: RegExp | null = null): Scalar => {
  const check = (json: Json): string => {
    if (typeof json !== 'string') throw wrong(kindOf(json), expected);
    if (normalise(json, whiteSpace) !== json) throw wrong('a string with blanks that its type would lose', expected);
    if (pattern !== null && !pattern.test(json)) throw wrong(kindOf(json), expected);
    return json;
  };
  return { ...plain({ whiteSpace }, check, check), plain: false };
};

const integerText = /^[+-]?\d+$/;
const decimalText = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
const floatText = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)$/;

// Numbers that JSON.parse would not keep as written arrive as their text (exact-json.ts): `1.0` is still a number.
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const isNumberText = (json: Json, form: RegExp): json is string =>
  typeof json === 'string' && form.test(json) && String(Number(json)) !== json;

/** Whole without any rounding. */
const wholeNumber = /^-?(?:0|[1-9]\d*)(?:\.0+)?$/;

const zeros = (most: number): readonly string[] => Array.from({ length: most }, (_, at) => '0'.repeat(at + 1));

/** With zeros before the digits. */
const padded = (text: string): readonly string[] => {
  const sign = text.startsWith('-') ? '-' : '';
  return zeros(10).map((each) => sign + each + text.slice(sign.length));
};

/** With zeros after the digits. */
const lengthened = (text: string): readonly string[] => {
  if (text.includes('e')) return [];
  return zeros(10).map((each) => text + (text.includes('.') ? '' : '.') + each);
};

/** A whole number that a JSON number holds exactly. */
const number = (name: string, min: number, max: number): Scalar => {
  const expected = `a whole number from ${min} to ${max} (xs:${name})`;
  return plain(
    { order: 'decimal', others: padded },
    (json) => {
      const value = typeof json === 'string' && integerText.test(json) ? Number(json) : Number.NaN;
      if (value >= min && value <= max) return value === 0 ? 0 : value;
      throw wrong(kindOf(json), expected);
    },
    (json) => {
      const value = isNumberText(json, wholeNumber) ? Number(json) : json;
      if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return String(value);
      throw wrong(kindOf(json), expected);
    },
  );
};

/** A whole number kept as text. JSON numbers are taken while they are exact. */
const digits = (name: string, min: string | null, max: string | null): Scalar => {
  const expected = `digits ${min === null ? '' : `from ${min} `}${max === null ? '' : `to ${max} `}(xs:${name}), as a string`;
  const inRange = (text: string): boolean =>
    (min === null || compareDecimals(text, min) >= 0) && (max === null || compareDecimals(text, max) <= 0);
  const read = (json: Json): string => {
    if (typeof json === 'string' && integerText.test(json) && inRange(json)) return json;
    throw wrong(kindOf(json), expected);
  };
  return plain({ order: 'decimal' }, read, (json) => {
    if (typeof json !== 'number') return read(json);
    if (!Number.isSafeInteger(json)) {
      throw wrong(`the number ${json}, which may have been rounded on its way`, expected);
    }
    return read(String(json));
  });
};

const decimal: Scalar = (() => {
  const expected = 'a decimal (xs:decimal), as a string';
  const read = (json: Json): string => {
    if (typeof json === 'string' && decimalText.test(json)) return json;
    throw wrong(kindOf(json), expected);
  };
  return plain({ order: 'decimal' }, read, (json) => {
    if (typeof json !== 'number') return read(json);
    const text = String(json);
    if (Number.isInteger(json) && !Number.isSafeInteger(json)) {
      throw wrong(`the number ${json}, which may have been rounded on its way`, expected);
    }
    if (!decimalText.test(text)) throw wrong(`the number ${text}`, expected);
    return text;
  });
})();

const specials = new Set(['INF', '-INF', 'NaN']);
/** `rounded`: the value that the type holds. .NET writes the largest float as 3.40282347E+38, which is above it as a double. */
const float = (name: string, rounded: (value: number) => number): Scalar => {
  const expected = `a number, or "INF", "-INF" or "NaN" (xs:${name})`;
  return plain(
    { order: 'float', others: lengthened },
    (json) => {
      if (typeof json !== 'string') throw wrong(kindOf(json), expected);
      if (specials.has(json)) return json;
      const value = floatText.test(json) ? Number(json) : Number.NaN;
      if (Number.isFinite(rounded(value))) return value;
      throw wrong(kindOf(json), expected);
    },
    (json) => {
      const value = isNumberText(json, jsonNumber) ? Number(json) : json;
      if (typeof value === 'number' && Number.isFinite(rounded(value)))
        return Object.is(value, -0) ? '-0' : String(value);
      if (typeof json === 'string' && specials.has(json)) return json;
      throw wrong(kindOf(json), expected);
    },
  );
};

const boolean: Scalar = plain(
  { order: 'boolean', others: (text) => [text === 'true' ? '1' : '0'] },
  (json) => {
    if (json === 'true' || json === '1') return true;
    if (json === 'false' || json === '0') return false;
    throw wrong(kindOf(json), 'true or false (xs:boolean)');
  },
  (json) => {
    if (typeof json === 'boolean') return String(json);
    throw wrong(kindOf(json), 'true or false (xs:boolean)');
  },
);

// Plain character loops: groups that repeat would need a stack as long as the value.
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
const isHex = (text: string): boolean => text.length % 2 === 0 && /^[\dA-Fa-f]*$/.test(text);
// Blanks may stand anywhere in base64, and nowhere in hexadecimal digits (XML Schema 1.0 part 2 §3.2.15 and §3.2.16).
const base64: Scalar = (() => {
  const scalar = verbatim('base64', isBase64, { unit: 'base64', order: 'base64' });
  return { ...scalar, read: (text) => scalar.read(text.replaceAll(' ', '')) };
})();

const guidText = /^[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}$/;

const zone = '(?:Z|[+-](?:(?:0\\d|1[0-3]):[0-5]\\d|14:00))?';
const matches =
  (pattern: string) =>
  (text: string): boolean =>
    new RegExp(`^${pattern}${zone}$`).test(text);
// No year 0, and no zeros before more than four digits (XML Schema 1.0 part 2 §3.2.7.1).
const year = '-?(?!0000)(?:\\d{4}|[1-9]\\d{4,8})';
const dayOfMonth =
  '(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|[12]\\d)';
const name = '[\\p{L}_:][\\p{L}\\p{N}\\p{M}._:·-]*';
const ncName = name.replaceAll(':', '');

const table: Readonly<Record<string, Scalar>> = {
  string: string('preserve'),
  normalizedString: string('replace'),
  token: string('collapse'),
  anyURI: string('collapse'),
  anySimpleType: string('preserve'),
  language: string('collapse', 'a language tag', /^[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*$/),
  Name: string('collapse', 'an XML name', new RegExp(`^${name}$`, 'u')),
  NCName: string('collapse', 'an XML name without a colon', new RegExp(`^${ncName}$`, 'u')),
  ID: string('collapse', 'an XML name without a colon', new RegExp(`^${ncName}$`, 'u')),
  IDREF: string('collapse', 'an XML name without a colon', new RegExp(`^${ncName}$`, 'u')),
  NMTOKEN: string('collapse', 'an XML name token', /^[\p{L}\p{N}\p{M}._:·-]+$/u),
  boolean,
  byte: number('byte', -128, 127),
  short: number('short', -32_768, 32_767),
  int: number('int', -2_147_483_648, 2_147_483_647),
  unsignedByte: number('unsignedByte', 0, 255),
  unsignedShort: number('unsignedShort', 0, 65_535),
  unsignedInt: number('unsignedInt', 0, 4_294_967_295),
  long: digits('long', '-9223372036854775808', '9223372036854775807'),
  unsignedLong: digits('unsignedLong', '0', '18446744073709551615'),
  integer: digits('integer', null, null),
  nonNegativeInteger: digits('nonNegativeInteger', '0', null),
  positiveInteger: digits('positiveInteger', '1', null),
  nonPositiveInteger: digits('nonPositiveInteger', null, '0'),
  negativeInteger: digits('negativeInteger', null, '-1'),
  decimal,
  float: float('float', Math.fround),
  double: float('double', (value) => value),
  dateTime: verbatim('a date and time such as 2024-03-10T12:34:56.1234567+02:00', isDateTime),
  date: verbatim('a date such as 2024-03-10', isDate),
  time: verbatim('a time such as 12:34:56', isTime),
  gYear: verbatim('a year such as 2024', matches(year)),
  gYearMonth: verbatim('a month such as 2024-03', matches(`${year}-(?:0[1-9]|1[0-2])`)),
  gMonth: verbatim('a month such as --03', matches('--(?:0[1-9]|1[0-2])')),
  gMonthDay: verbatim('a day such as --03-10', matches(`--(?:${dayOfMonth})`)),
  gDay: verbatim('a day such as ---10', matches('---(?:0[1-9]|[12]\\d|3[01])')),
  duration: verbatim('a duration such as P1DT2H3M4.005S', isDuration, { order: 'duration' }),
  base64Binary: base64,
  hexBinary: verbatim('pairs of hexadecimal digits', isHex, { unit: 'hex', order: 'hex' }),
  guid: {
    ...verbatim('a GUID such as 0f8fad5b-d9cb-469f-a165-70867728950e', (text) => guidText.test(text)),
    // .NET writes GUIDs in lower case, and clients compare them as text.
    write: (json) => {
      if (typeof json === 'string' && guidText.test(json)) return json.toLowerCase();
      throw wrong(kindOf(json), 'a GUID such as 0f8fad5b-d9cb-469f-a165-70867728950e');
    },
  },
};

/** A builtin by its local name, `guid` (which .NET adds) among them; null where there is none that can be translated. */
export const scalar = (builtin: string): Scalar | null =>
  Object.hasOwn(table, builtin) ? (table[builtin] ?? null) : null;

/** Applies a whiteSpace facet. */
export const normalise = (text: string, whiteSpace: WhiteSpace): string => {
  if (whiteSpace === 'preserve') return text;
  const spaced = /[\t\n\r]/.test(text) ? text.replace(/[\t\n\r]/g, ' ') : text;
  if (whiteSpace === 'replace') return spaced;
  return spaced.startsWith(' ') || spaced.endsWith(' ') || spaced.includes('  ') ? collapsed(spaced) : spaced;
};

// Not trim(): that also takes blanks that XML counts as text, such as U+00A0.
const collapsed = (text: string): string =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .join(' ');
