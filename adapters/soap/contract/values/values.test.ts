// Values that XML and JSON spell differently: what one side may write, the other takes, and it stays the same value.
import { join } from 'node:path';
import test from 'ava';
import { exactJson } from '../../../http/exact-json.ts';
import { folderWith, schemaOf, wrapperOf, wsdlOf } from '../../../../test/helpers/wsdl.ts';
import { enveloped, operationOf } from '../../../../test/helpers/contracts.ts';
import { decodeRequest, encodeRequest } from '../codec.ts';
import { loadContract } from '../contract.ts';
import { wcf } from '../dialect.ts';
import type { SoapOperation } from '../contract.ts';
import type { ExecutionContext } from 'ava';

const form = { version: '1.1', dialect: wcf } as const;
const type = 'text/xml';

const holding = async (t: ExecutionContext, member: string): Promise<SoapOperation> => {
  const folder = await folderWith(t, { 's.wsdl': wsdlOf({ types: schemaOf(wrapperOf(member)) }) });
  return operationOf(await loadContract(join(folder, 's.wsdl')), 'Do');
};

const restricted = (base: string, facets: string): string =>
  `<x:element name="a"><x:simpleType><x:restriction base="x:${base}">${facets}</x:restriction></x:simpleType></x:element>`;

const written = async (operation: SoapOperation, json: string): Promise<string> => {
  const input = await exactJson(Buffer.from(json));
  return /<a[ >].*<\/a>/.exec(encodeRequest(operation, input, form).toString())?.[0] ?? '';
};

const spelled = test.macro({
  exec: async (t, base: string, good: Readonly<Record<string, string>>, bad: readonly string[]) => {
    const operation = await holding(t, `<x:element name="a" type="x:${base}"/>`);
    for (const [json, text] of Object.entries(good)) {
      t.is(await written(operation, `{"a":${json}}`), `<a>${text}</a>`);
    }
    for (const json of bad)
      await t.throwsAsync(() => written(operation, `{"a":${json}}`), { code: 'ERR_CONTRACT' }, json);
  },
  title: (_, base) => `a JSON number is a number however it is spelled: ${String(base)}`,
});
// Python and Java write 1.0 for a double that is whole.
test(spelled, 'double', { '1.0': '1', '1E5': '100000', '-0.0': '-0', '0.10000000000000001': '0.1' }, [
  '1e400',
  '"1.5"',
]);
test(spelled, 'int', { '5.0': '5', '-0': '0' }, ['5.5', '0.99999999999999999999', '2147483648.0', '"5"']);
test(spelled, 'decimal', { '1.10': '1.10', '0.10000000000000001': '0.10000000000000001' }, ['1e2']);
test(spelled, 'long', { '9007199254740993': '9007199254740993' }, ['9007199254740993.5']);

const kept = test.macro({
  exec: async (t, member: string, texts: readonly (readonly [text: string, back: string])[]) => {
    const operation = await holding(t, member);
    for (const [text, back] of texts) {
      const { input } = decodeRequest(operation, Buffer.from(enveloped(`<Do xmlns="urn:t"><a>${text}</a></Do>`)), type);
      const bytes = encodeRequest(operation, input, form);
      t.true(bytes.includes(`<a>${back}</a>`), bytes.toString());
      t.deepEqual(decodeRequest(operation, bytes, type).input, input);
    }
  },
  title: (name = '') => `what was read can be written: ${name}`,
});
const listed = (...values: string[]): string => values.map((each) => `<x:enumeration value="${each}"/>`).join('');
test('listed floats are equal by value', kept, restricted('float', listed('1.0', '2.50', 'NaN', 'INF')), [
  ['1.0', '1'],
  ['2.5', '2.5'],
  ['NaN', 'NaN'],
  ['INF', 'INF'],
]);
test('a bound that is infinite', kept, restricted('double', '<x:maxInclusive value="INF"/>'), [['INF', 'INF']]);
test('a fixed truth', kept, '<x:element name="a" type="x:boolean" fixed="1"/>', [['1', 'true']]);
test('listed texts as their white space is handled', kept, restricted('token', listed(' A  B ')), [[' A B', 'A B']]);
test('listed base64', kept, restricted('base64Binary', listed('A A = =')), [['AA==', 'AA==']]);
test('truth whose pattern wants digits', kept, restricted('boolean', '<x:pattern value="[01]"/>'), [
  ['1', '1'],
  ['0', '0'],
]);
test('whole numbers whose pattern wants zeros', kept, restricted('int', '<x:pattern value="-?\\d{3}"/>'), [
  ['007', '007'],
  ['-007', '-007'],
  ['700', '700'],
]);
test('numbers whose pattern wants places', kept, restricted('double', '<x:pattern value="\\d+\\.\\d\\d"/>'), [
  ['1.50', '1.50'],
  ['2.00', '2.00'],
]);

test('names of the xml namespace keep its prefix, which no other may stand for', async (t) => {
  const operation = await holding(t, '<x:element name="a" type="x:QName"/>');
  const text = encodeRequest(operation, { a: '{http://www.w3.org/XML/1998/namespace}lang' }, form).toString();
  t.regex(text, />xml:lang</);
  t.notRegex(text, /xmlns:q1=/);
  t.throws(() => encodeRequest(operation, { a: '{http://www.w3.org/2000/xmlns/}b' }, form), { code: 'ERR_CONTRACT' });
});
