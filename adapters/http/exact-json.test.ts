import test from 'ava';
import { array, assert, asyncProperty, constantFrom, json } from 'fast-check';
import { longestSlice } from '../../test/helpers/slices.ts';
import { exactJson } from './exact-json.ts';
import { JsonError, JsonReader } from './json-reader.ts';

const read = (text: string): Promise<unknown> => exactJson(Buffer.from(text));

/** As JSON.parse reads it, numbers apart. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
      if (typeof value !== 'number' || context?.source === undefined) return value;
      return String(value) === context.source ? value : context.source;
    });
  } catch {
    return 'no JSON';
  }
};

const sameAsParse = async (t: { deepEqual(a: unknown, b: unknown, message: string): void }, text: string) => {
  const found = await read(text).catch((error: unknown) => {
    if (error instanceof JsonError) return 'no JSON';
    throw error;
  });
  t.deepEqual(found, parsed(text), text);
};

test('numbers that a double cannot hold as written are their text', async (t) => {
  t.deepEqual(await read('[1.10, 9007199254740993, 7, 1.5, -0, 1e3]'), [
    '1.10',
    '9007199254740993',
    7,
    1.5,
    '-0',
    '1e3',
  ]);
});

test('JSON is read as JSON.parse reads it', async (t) => {
  await assert(
    asyncProperty(json(), constantFrom(undefined, 1, '\t'), async (text, indent) => {
      await sameAsParse(t, JSON.stringify(JSON.parse(text), null, indent));
    }),
    { numRuns: 300 },
  );
});

test('what JSON.parse refuses is refused', async (t) => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '"b"',
    '1',
    '-',
    '.5',
    '0',
    'e',
    'true',
    'nul',
    'l',
    ' ',
    '\\',
    '\\u00',
    '\u0001',
    '\n',
  ];
  await assert(
    asyncProperty(array(constantFrom(...pieces), { maxLength: 8 }), async (parts) => {
      const text = parts.join('');
      // A name that comes twice is refused here alone.
      if (!/"(a|b|)".*"\1"/s.test(text)) await sameAsParse(t, text);
    }),
    { numRuns: 3000 },
  );
});

for (const text of [
  '',
  ' ',
  '01',
  '1.',
  '+1',
  '1 2',
  '[1,]',
  '{"a":1,}',
  '{"a"}',
  '{a:1}',
  '"\u0007"',
  '"\\x"',
  '"\\"',
  'NaN',
  '\u00a01',
  '[',
  '"',
  '{"a":',
  'tru',
  '1e',
  '"\\ud800"',
  '[1}',
  '{"a":1]',
])
  test(`read as JSON.parse reads it: ${JSON.stringify(text)}`, (t) => sameAsParse(t, text));

const refused = test.macro({
  exec: async (t, text: string, pointer: string, message: RegExp) => {
    const error = await t.throwsAsync(read(text), { instanceOf: JsonError });
    t.is(error?.pointer, pointer);
    t.regex(error?.message ?? '', message);
  },
  title: (name = '') => `refused with its place: ${name}`,
});

test('a name that comes twice', refused, '{"a":1,"a":1}', '/a', /stands there twice/);
test(
  'a name that comes twice, deep inside',
  refused,
  '{"a":[0,{"b/c":{"x":1,"y":2,"x":null}}]}',
  '/a/1/b~1c/x',
  /twice/,
);
test('a name that comes twice, once escaped', refused, '{"a":1,"\\u0061":1}', '/a', /twice/);
test('__proto__ twice', refused, '{"__proto__":1,"__proto__":1}', '/__proto__', /twice/);
test('a number that is none', refused, '{"a":[1,-x]}', '/a/1', /^no JSON at character 9; expected a value$/);
test('an end that comes early', refused, '{"a":[1', '/a/1', /^no JSON at the end of the text/);
test('levels without end', refused, '['.repeat(100_000), '/0'.repeat(512), /^deeper than 512 levels$/);

test('names of built-ins are names like any other', async (t) => {
  const found = (await read('{"__proto__":{"x":1},"toString":2,"constructor":3}')) as object;
  t.deepEqual(Object.entries(found), [
    ['__proto__', { x: 1 }],
    ['toString', 2],
    ['constructor', 3],
  ]);
});

test('what is no UTF-8 is refused', async (t) => {
  await t.throwsAsync(exactJson(Buffer.from([0x22, 0xff, 0x22])), { instanceOf: TypeError });
});

test('slices of any size tell the same', (t) => {
  const text = '{"a":[1,{"b":"c\\n"},[]],"d":{},"e":1.10}';
  for (let size = 1; size <= text.length; size += 1) {
    const reader = new JsonReader(text);
    while (reader.read(size));
    t.deepEqual(reader.value, parsed(text));
  }
});

const megabyte = 1_000_000;
const fill = (unit: string): string => unit.repeat(Math.floor(megabyte / unit.length));
const names = Array.from({ length: megabyte / 10 }, (_, at) => `"${at}":1`);

const holdsNobodyUp = test.macro({
  exec: async (t, text: string) => {
    const act = (): Promise<unknown> => read(text);
    await act();
    const used = Math.min(await longestSlice(act), await longestSlice(act), await longestSlice(act));
    // Milliseconds of the processor.
    t.true(used < 50, `${used} ms`);
  },
  title: (name = '') => `a megabyte of JSON holds nobody up: ${name}`,
});

test.serial('numbers', holdsNobodyUp, `[${fill('1,')}1]`);
test.serial('numbers that stay text', holdsNobodyUp, `[${fill('1.10,')}1]`);
test.serial('strings', holdsNobodyUp, `[${fill('"a",')}1]`);
test.serial('objects', holdsNobodyUp, `[${fill('{"a":1},')}1]`);
test.serial('empty lists', holdsNobodyUp, `[${fill('[],')}1]`);
test.serial('names', holdsNobodyUp, `{${names.join(',')}}`);
test.serial('one text', holdsNobodyUp, `"${fill('x')}"`);
test.serial('one text of escapes', holdsNobodyUp, `"${fill('\\u0041')}"`);
test.serial('one number', holdsNobodyUp, fill('9'));
test.serial('blanks', holdsNobodyUp, `${fill(' ')}1`);
