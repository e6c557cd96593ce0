// Contracts that are broken in any way end with a named error or with reasons, never with a crash or a hang.
import * as fc from 'fast-check';
import test from 'ava';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderWith, schemaOf, wrapperOf, wsdlOf } from '../../../../test/helpers/wsdl.ts';
import { goldenContract } from '../../../../test/helpers/contracts.ts';
import { folder, wsdls } from '../../../../test/wsdls/outcome.ts';
import { AdapterError } from '../../../errors.ts';
import { loadContract } from '../contract.ts';
import { inspectContract } from './inspect.ts';

const small = [];
for (const name of wsdls()) {
  const text = await readFile(join(folder, name), 'utf8');
  // Imports lead elsewhere once a document is moved: what is said after them would not be reached.
  if (text.length < 20_000 && !/:?import\s[^>]*ocation/.test(text)) small.push(text);
}
const texts = [await readFile(goldenContract('shapes.wsdl'), 'utf8'), ...small];
const pieces = texts.flatMap((text) => text.match(/<[^>]+>|"[^"]*"/g) ?? []);

const edit = fc.record({
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  take: fc.nat({ max: 3 }),
  put: fc.oneof(
    fc.constant(''),
    fc.nat({ max: pieces.length - 1 }).map((index) => pieces[index] ?? ''),
    fc.constantFrom(
      '"-1"',
      '"0"',
      '"unbounded"',
      '"999999999999"',
      '""',
      '"x:nothing"',
      '"t:"',
      '":"',
      '"__proto__"',
      '"constructor"',
    ),
  ),
});
const broken = fc.record({ text: fc.constantFrom(...texts), edits: fc.array(edit, { minLength: 1, maxLength: 3 }) });

/** Whole tags and whole attribute values are taken out and put in, so that most results are well-formed. */
const applied = (text: string, edits: readonly { at: number; take: number; put: string }[]): string =>
  edits.reduce((before, { at, take, put }) => {
    const tokens = before.split(put.startsWith('"') ? /("[^"]*")/ : /(<[^>]+>)/);
    const index = Math.floor((at * tokens.length) / 2) * 2 + 1;
    return tokens.toSpliced(index, put.startsWith('"') ? 1 : take, put).join('');
  }, text);

const twice = (line: (at: number) => string, last: string): string =>
  Array.from({ length: 30 }, (_, at) => line(at)).join('') + last;
const chain = (line: (at: number) => string, last: string): string =>
  Array.from({ length: 3000 }, (_, at) => line(at)).join('') + last;

const tooMuch = test.macro({
  exec: async (t, schema: string, reason: RegExp) => {
    const types = schemaOf(`${schema}<x:element name="DoResponse"><x:complexType/></x:element>`);
    const home = await folderWith(t, { 's.wsdl': wsdlOf({ types }) });
    const before = performance.now();
    const { operations } = await loadContract(join(home, 's.wsdl'));
    t.regex(operations.get('Do')?.passThroughOnly ?? '', reason);
    t.true(performance.now() - before < 10_000);
  },
  title: (name = '') => `a few lines that mean a billion are refused by name: ${name}`,
});
test(
  'groups',
  tooMuch,
  twice(
    (at) => `<x:group name="g${at}"><x:sequence>${`<x:group ref="t:g${at + 1}"/>`.repeat(2)}</x:sequence></x:group>`,
    '<x:group name="g30"><x:sequence><x:element name="a"/></x:sequence></x:group><x:element name="Do"><x:complexType><x:group ref="t:g0"/></x:complexType></x:element>',
  ),
  /come to too much/,
);
test(
  'attribute groups',
  tooMuch,
  twice(
    (at) => `<x:attributeGroup name="g${at}">${`<x:attributeGroup ref="t:g${at + 1}"/>`.repeat(2)}</x:attributeGroup>`,
    '<x:attributeGroup name="g30"><x:attribute name="a"/></x:attributeGroup><x:element name="Do"><x:complexType><x:attributeGroup ref="t:g0"/></x:complexType></x:element>',
  ),
  /come to too much/,
);
test(
  'unions',
  tooMuch,
  twice(
    (at) => `<x:simpleType name="g${at}"><x:union memberTypes="t:g${at + 1} t:g${at + 1}"/></x:simpleType>`,
    '<x:simpleType name="g30"><x:restriction base="x:int"/></x:simpleType><x:element name="Do" type="t:g0"/>',
  ),
  /a union of over 1000 types/,
);
test(
  'a chain of types',
  tooMuch,
  chain(
    (at) =>
      `<x:complexType name="g${at}"><x:complexContent><x:extension base="t:g${at + 1}"/></x:complexContent></x:complexType>`,
    '<x:complexType name="g3000"/><x:element name="Do" type="t:g0"/>',
  ),
  /^its base: types derived from each other over 100 deep/,
);
test(
  'a chain of simple types',
  tooMuch,
  chain(
    (at) => `<x:simpleType name="g${at}"><x:restriction base="t:g${at + 1}"/></x:simpleType>`,
    '<x:simpleType name="g3000"><x:restriction base="x:int"/></x:simpleType><x:element name="Do" type="t:g0"/>',
  ),
  /types derived from each other over 100 deep/,
);
test(
  'a chain of groups',
  tooMuch,
  chain(
    (at) => `<x:group name="g${at}"><x:sequence><x:group ref="t:g${at + 1}"/></x:sequence></x:group>`,
    '<x:group name="g3000"><x:sequence/></x:group><x:element name="Do"><x:complexType><x:group ref="t:g0"/></x:complexType></x:element>',
  ),
  /come to too much/,
);

const refused = test.macro({
  exec: async (t, member: string, reason: RegExp) => {
    const home = await folderWith(t, { 's.wsdl': wsdlOf({ types: schemaOf(wrapperOf(member)) }) });
    const { operations } = await loadContract(join(home, 's.wsdl'));
    t.regex(operations.get('Do')?.passThroughOnly ?? '', reason);
  },
  title: (_, member) => `refused by name: ${String(member)}`,
});
const integer = 'type="x:int"';
test(refused, `<x:element name="&quot;&gt;&lt;evil/&gt;" ${integer}/>`, /no XML name/);
test(refused, `<x:element ${integer}/>`, /no XML name/);
test(
  refused,
  `<x:element name="a"><x:complexType><x:attribute name="b c" ${integer}/></x:complexType></x:element>`,
  /no XML name/,
);
test(refused, `<x:element name="a" ${integer} minOccurs="x"/>`, /nothing fits/);
test(refused, `<x:element name="a" ${integer} minOccurs="5" maxOccurs="2"/>`, /nothing fits/);
for (const facet of ['<x:length value="abc"/>', '<x:maxLength value="-1"/>']) {
  test(
    refused,
    `<x:element name="a"><x:simpleType><x:restriction base="x:string">${facet}</x:restriction></x:simpleType></x:element>`,
    /facet with a value that is none/,
  );
}
test(
  refused,
  '<x:element name="a"><x:simpleType><x:restriction base="x:int"><x:minInclusive value="abc"/></x:restriction></x:simpleType></x:element>',
  /facet with a value that is none/,
);

test('a contract with tags and values replaced is read, or refused by name', async (t) => {
  const file = join(await folderWith(t, {}), 'service.wsdl');
  let read = 0;
  await fc.assert(
    fc.asyncProperty(broken, async ({ text, edits }) => {
      await writeFile(file, applied(text, edits));
      try {
        await inspectContract(file, {});
        read += 1;
      } catch (error) {
        if (!(error instanceof AdapterError)) throw error;
      }
    }),
    { numRuns: Number(process.env['LAW_RUNS'] ?? 300) },
  );
  t.true(read > 0);
});
