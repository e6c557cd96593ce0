// Values of a compiled schema, made up: as JSON, and as XML written by a second, naive hand that shares nothing with the codec.
import * as fc from 'fast-check';
import { xsiNs } from '../../adapters/soap/contract/xml/namespaces.ts';
import { expanded } from '../../adapters/soap/contract/xml/qname.ts';
import { textCodec } from '../../adapters/soap/contract/values/simple.ts';
import { listItem, membersOf } from '../../adapters/soap/contract/schema/types.ts';
import type { Json } from '../../adapters/adapter.ts';
import type { SoapOperation } from '../../adapters/soap/contract/contract.ts';
import type { QName } from '../../adapters/soap/contract/xml/qname.ts';
import type { ComplexType, Member, SchemaType, SimpleType } from '../../adapters/soap/contract/schema/types.ts';

type JsonObject = Record<string, Json>;
interface Declared {
  readonly type: SchemaType;
  readonly nillable: boolean;
}

const absent = Symbol('absent');
const digits = (min: bigint, max: bigint): fc.Arbitrary<string> => fc.bigInt({ min, max }).map(String);
const two = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((value) => String(value).padStart(2, '0'));
const anyText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
      fc.constantFrom(
        '\r\n',
        '\t',
        ' ',
        '<',
        '&',
        '>',
        '"',
        "'",
        ']]>',
        '<![CDATA[',
        '-->',
        '\u0085',
        '\u2028',
        '😀',
        'é',
      ),
    ),
    { maxLength: 5 },
  )
  .map((pieces) => pieces.join(''))
  .filter((text) => text.isWellFormed() && !/[\p{Cc}\ufffe\uffff]/v.test(text.replace(/[\t\n\r\u0085]/g, '')));
const word = fc.string({
  unit: fc.constantFrom('a', 'b', 'X', 'Z', '0', '9', '.', '_', '-'),
  minLength: 1,
  maxLength: 6,
});
const date = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), two(1, 12), two(1, 28))
  .map(([y, m, d]) => `${String(y).padStart(4, '0')}-${m}-${d}`);
const fraction = fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,9}$/));
const zone = fc.constantFrom('', 'Z', '+02:00', '-11:30', '+14:00');
const time = fc
  .tuple(two(0, 23), two(0, 59), two(0, 59), fraction, zone)
  .map(([h, m, s, f, z]) => `${h}:${m}:${s}${f}${z}`);
const duration = fc.oneof(
  fc.constantFrom('P1Y', '-P1DT2H3M4.005S', 'PT0S', 'P3DT4H', 'PT1.5S'),
  fc.integer({ min: 0, max: 1e6 }).map((days) => `P${days}D`),
);
const i64 = digits(-(2n ** 63n), 2n ** 63n - 1n);
const number = (min: number, max: number): fc.Arbitrary<Json> => fc.integer({ min, max });
const floats = (source: fc.Arbitrary<number>): fc.Arbitrary<Json> =>
  fc.oneof(source, fc.constantFrom('INF', '-INF', 'NaN'));

const values: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  string: anyText,
  normalizedString: anyText.map((text) => text.replace(/[\t\n\r]/g, ' ')),
  token: fc.array(word, { maxLength: 3 }).map((words) => words.join(' ')),
  anyURI: word.map((name) => `urn:x:${name}?a&b`),
  boolean: fc.boolean(),
  byte: number(-128, 127),
  short: number(-32_768, 32_767),
  int: number(-2_147_483_648, 2_147_483_647),
  unsignedInt: number(0, 4_294_967_295),
  long: fc.oneof(i64, fc.constantFrom('9223372036854775807', '-9223372036854775808', '9007199254740993', '+5', '007')),
  unsignedLong: digits(0n, 2n ** 64n - 1n),
  integer: digits(-(10n ** 30n), 10n ** 30n),
  positiveInteger: digits(1n, 10n ** 30n),
  decimal: fc.oneof(
    fc.constantFrom('1.10', '-0', '+.5', '5.', '0.0000000001', '12345678901234567890.1234567890'),
    fc.tuple(i64, fc.nat(999_999)).map(([whole, part]) => `${whole}.${part}`),
    fc.nat(9999).map(String),
  ),
  float: floats(fc.float({ noNaN: true, noDefaultInfinity: true })),
  double: floats(fc.double({ noNaN: true, noDefaultInfinity: true })),
  dateTime: fc.tuple(date, time).map(([day, clock]) => `${day}T${clock}`),
  date: fc.tuple(date, zone).map(([day, z]) => `${day}${z}`),
  time,
  duration,
  gYear: fc.tuple(two(10, 99), zone).map(([year, z]) => `20${year}${z}`),
  NCName: fc.constantFrom('a', 'EUR', '_x-1.é'),
  NMTOKEN: fc.constantFrom('a', '1', '.x-1'),
  language: fc.constantFrom('en', 'de-CH'),
  unsignedByte: number(0, 255),
  unsignedShort: number(0, 65_535),
  gYearMonth: fc.tuple(two(1, 12), zone).map(([month, z]) => `2024-${month}${z}`),
  base64Binary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  hexBinary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  guid: fc.uuid(),
};
// Texts that patterns of the fixtures ask for, by type name.
const byName: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  Code: fc.constantFrom('AB1-x', 'ZZ9-a.b', 'QQ0-_1é'),
  Price: fc.constantFrom('0', '1.10', '9999.99', '0.5', '007'),
  duration: fc.constantFrom('P1DT2H3M4.005S', '-P10675199DT2H48M5.4775808S', 'PT0S'),
  Zip: fc.constantFrom('12345', '00000'),
};

/** Texts of a simple type, as they stand in XML, not escaped. */
export const simpleText = (type: SimpleType): fc.Arbitrary<string> => simple(type).map((json) => lexical(type, json));

const simple = (type: SimpleType): fc.Arbitrary<Json> => {
  if (type.item !== null) return fc.array(simple(type.item), { maxLength: 3 });
  if (type.union !== null)
    return fc.oneof(...type.union.map((each) => simple(each).map((json) => lexical(each, json))));
  const listed = type.facets.flatMap((facets) => facets.enumeration ?? []);
  const source = values[type.builtin];
  if (source === undefined) throw new Error(`no made-up values for xs:${type.builtin}`);
  if (listed.length > 0) {
    const isNumber = ['int', 'short', 'byte', 'unsignedInt'].includes(type.builtin);
    return fc.constantFrom(...listed.map((text): Json => (isNumber ? Number(text) : text)));
  }
  const named = type.name === null ? undefined : byName[type.name.local];
  if (named !== undefined) return named;
  return type.facets.length === 0 ? source : source.filter((value) => fits(type, value));
};

const fits = (type: SimpleType, value: Json): boolean => {
  try {
    textCodec(type).write(value);
    return true;
  } catch {
    return false;
  }
};

/** Values of an element in JSON: nil, derived types, attributes and lists among them. */
export const jsonOf = (declared: Declared, depth = 0): fc.Arbitrary<Json> => {
  const { type, nillable } = declared;
  const own = type.kind === 'simple' ? simple(type) : complex(type, depth);
  return nillable ? fc.oneof({ weight: 1, arbitrary: nilOf(type) }, { weight: 5, arbitrary: own }) : own;
};

const nilOf = (type: SchemaType): fc.Arbitrary<Json> => {
  if (type.kind === 'simple' || type.attributes.length === 0) return fc.constant(null);
  const attributed = attributesOf(type).map((attributes): Json =>
    attributes === absent ? null : { $nil: true, $attributes: attributes },
  );
  return fc.oneof(fc.constant(null), attributed);
};

/** Values of a message that is always an object of its members. */
export const jsonObjectOf = (type: ComplexType, depth = 0): fc.Arbitrary<JsonObject> => objectOf(type, depth);

const complex = (type: ComplexType, depth: number): fc.Arbitrary<Json> => {
  const item = listItem(type);
  if (item !== null) return fc.array(jsonOf(item, depth + 1), { maxLength: depth > 2 ? 0 : 3 });
  const concrete = [...type.derived.values()].filter((each) => !each.abstract);
  if (concrete.length === 0) return objectOf(type, depth);
  const typed = (depth > 2 ? concrete.slice(0, 1) : concrete).map((each) => {
    const label = each.name?.ns === type.name?.ns ? each.name?.local : each.name === null ? '' : expanded(each.name);
    return objectOf(each, depth).map((value): JsonObject => Object.assign({ $type: label ?? '' }, value));
  });
  return type.abstract ? fc.oneof(...typed) : fc.oneof(objectOf(type, depth), ...typed);
};

const objectOf = (type: ComplexType, depth: number): fc.Arbitrary<JsonObject> => {
  const parts: [string, fc.Arbitrary<Json | typeof absent>][] = [];
  if (type.attributes.length > 0) parts.push(['$attributes', attributesOf(type)]);
  if (type.content.is === 'text') parts.push(['$value', simple(type.content.type)]);
  else if (type.content.is === 'members') {
    for (const slot of type.content.slots) {
      if (slot.is === 'member') parts.push([slot.key, memberOf(slot, depth)]);
    }
  }
  const choices = type.content.is === 'members' ? type.content.slots.filter((slot) => slot.is === 'choice') : [];
  const taken = choices.map((choice) => {
    const branches = choice.branches.map((branch) =>
      memberOf({ ...branch, min: Math.max(1, branch.min) }, depth).map((value): [string, Json | typeof absent][] => [
        [branch.key, value],
      ]),
    );
    return choice.optional
      ? fc.oneof(fc.constant<[string, Json | typeof absent][]>([]), ...branches)
      : fc.oneof(...branches);
  });
  const own = fc.tuple(
    ...parts.map(([key, value]) => value.map((each): [string, Json | typeof absent] => [key, each])),
  );
  return fc.tuple(own, fc.tuple(...taken)).map(([some, more]) => {
    const object: JsonObject = {};
    for (const [key, value] of [...some, ...more.flat()]) {
      if (value !== absent)
        Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return object;
  });
};

const memberOf = (member: Member, depth: number): fc.Arbitrary<Json | typeof absent> => {
  if (member.min === 0 && depth > 2 && member.type.kind === 'complex') return fc.constant(absent);
  const one = jsonOf(member, depth + 1);
  // An empty list outside a wrapper is no element at all.
  const value =
    member.max === 1 ? one : fc.array(one, { minLength: Math.max(1, member.min), maxLength: Math.min(member.max, 3) });
  return member.min === 0 ? fc.oneof(fc.constant(absent), value) : value;
};

const attributesOf = (type: ComplexType): fc.Arbitrary<Json | typeof absent> => {
  const model = Object.fromEntries(type.attributes.map((each) => [each.key, simple(each.type)]));
  const requiredKeys = type.attributes.filter((each) => each.required).map((each) => each.key);
  return fc
    .record(model, { requiredKeys })
    .map((value) => (Object.keys(value).length === 0 ? absent : (value as Json)));
};

/** Writes a value as an element, in any of the ways that mean the same: `chance` gives 0 to 1 and picks them. */
export const naiveXml = (name: QName, declared: Declared, json: Json, chance: () => number): string => {
  const prefix = chance() < 0.3 && name.ns !== '' ? '' : `p${Math.floor(chance() * 5)}`;
  const tag = prefix === '' || name.ns === '' ? name.local : `${prefix}:${name.local}`;
  // Each element declares all it needs, so no namespace leaks in from outside.
  const ns = name.ns === '' ? ' xmlns=""' : ` xmlns${prefix === '' ? '' : `:${prefix}`}='${name.ns}'`;
  const { type } = declared;
  const open = (attributes: string, content: string): string => `<${tag}${ns}${attributes}>${content}</${tag}>`;
  if (json === null) return open(` xmlns:x="${xsiNs}" x:nil="${chance() < 0.5 ? '1' : 'true'}"`, '');
  if (type.kind === 'simple') return open('', escaped(lexical(type, json), chance));
  const item = listItem(type);
  if (item !== null)
    return open(
      '',
      spaced(
        (json as Json[]).map((each) => naiveXml(item.name, item, each, chance)),
        chance,
      ),
    );
  const object = json as JsonObject;
  const label = Object.hasOwn(object, '$type') ? object['$type'] : undefined;
  const actual = [type, ...type.derived.values()].find(
    (each) => label !== undefined && each.name !== null && (expanded(each.name) === label || each.name.local === label),
  );
  const instance =
    actual === undefined ? '' : ` xmlns:x="${xsiNs}" xmlns:ty="${actual.name?.ns}" x:type="ty:${actual.name?.local}"`;
  const shape = actual ?? type;
  if (object['$nil'] === true) return open(` xmlns:x="${xsiNs}" x:nil="true"${attributesText(shape, object)}`, '');
  return open(`${instance}${attributesText(shape, object)}`, content(shape, object, chance));
};

const content = (type: ComplexType, object: JsonObject, chance: () => number): string => {
  if (type.content.is === 'text') return escaped(lexical(type.content.type, object['$value'] ?? ''), chance);
  if (type.content.is !== 'members') throw new Error('XML that stays XML has no naive form');
  const children = membersOf(type).flatMap((member) => {
    if (!Object.hasOwn(object, member.key)) return [];
    const value = object[member.key] as Json;
    return (member.max > 1 ? (value as Json[]) : [value]).map((each) => naiveXml(member.name, member, each, chance));
  });
  return spaced(type.content.ordered ? children : children.toReversed(), chance);
};

const attributesText = (type: ComplexType, object: JsonObject): string => {
  const given = (object['$attributes'] ?? {}) as JsonObject;
  return type.attributes
    .filter((each) => Object.hasOwn(given, each.key))
    .map((each) => {
      const name = each.name.ns === '' ? each.name.local : `xml:${each.name.local}`;
      const text = lexical(each.type, given[each.key] as Json).replace(
        /[&<"\t\n\r]/g,
        (char) => `&#${char.charCodeAt(0)};`,
      );
      return ` ${name}="${text}"`;
    })
    .join('');
};

const lexical = (type: SimpleType, json: Json): string => {
  if (Array.isArray(json)) return json.map((each: Json) => lexical(type, each)).join(' ');
  return Object.is(json, -0) && ['float', 'double'].includes(type.builtin)
    ? '-0'
    : `${json as string | number | boolean}`;
};

const escaped = (text: string, chance: () => number): string => {
  const safe = text.replace(/[&<>\r]/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`);
  if (chance() < 0.2 && !/[\r]|\]\]>/.test(text)) return `<![CDATA[${text}]]>`;
  const at = Math.floor(chance() * safe.length);
  const mayCut = /^[A-Za-z0-9 .-]*$/.test(safe) && chance() < 0.3;
  return mayCut ? `${safe.slice(0, at)}<!-- c -->${safe.slice(at)}` : safe;
};

const spaced = (children: readonly string[], chance: () => number): string =>
  children.length === 0 || chance() < 0.5 ? children.join('') : `\n  ${children.join('\n  <!-- c --> ')}\n`;

/** What an operation may be asked; `{}` where its Body is empty. */
export const requestsOf = ({ input }: SoapOperation): fc.Arbitrary<Json> => {
  if (input === null) return fc.constant({});
  return input.type.kind === 'complex' ? jsonObjectOf(input.type) : jsonOf(input);
};

/** What an operation may answer: by the rule of the single member. */
export const repliesOf = (operation: SoapOperation): fc.Arbitrary<Json> => {
  const { output } = operation;
  if (output === null) return fc.constant({});
  if (output.type.kind === 'simple') return jsonOf(output).map((result) => ({ result }));
  const { content: model } = output.type;
  const [only, second] = model.is === 'members' ? model.slots : [];
  const isWrapped = model.is === 'members' && model.ordered;
  if (!isWrapped || only === undefined || second !== undefined || only.is !== 'member')
    return jsonObjectOf(output.type);
  if (only.max > 1) return fc.array(jsonOf(only), { maxLength: 3 });
  if (only.type.kind === 'simple')
    return fc.oneof(
      fc.constant({}),
      jsonOf(only).map((result) => ({ result })),
    );
  const value = jsonOf(only);
  return only.min === 0
    ? fc.oneof({ weight: 1, arbitrary: fc.constant({ $absent: true }) }, { weight: 9, arbitrary: value })
    : value;
};
