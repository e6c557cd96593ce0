// Header blocks that the contract declares: in the answer, and of the request.
import test from 'ava';
import { AdapterError, RequestError } from '../../errors.ts';
import { bindingOf, folderWith, portTypeOf, schemaOf, wsdlOf } from '../../../test/helpers/wsdl.ts';
import { exampleOf } from '../document/example.ts';
import { schemasOf } from '../document/message-schema.ts';
import { decodeReply, decodeRequest, encodeReply, encodeRequest } from './codec.ts';
import { loadContract } from './contract.ts';
import { wcf } from './dialect.ts';
import { envelopeNs } from './xml/namespaces.ts';
import type { ExecutionContext } from 'ava';
import type { Json } from '../../adapter.ts';
import type { SoapOperation } from './contract.ts';
import type { SoapVersion } from './xml/namespaces.ts';

const type = { '1.1': 'text/xml', '1.2': 'application/soap+xml' };
const sequence = (inside: string): string => `<x:complexType><x:sequence>${inside}</x:sequence></x:complexType>`;
const element = (name: string, inside: string, more = ''): string =>
  `<x:element name="${name}"${more}>${sequence(inside)}</x:element>`;

/** `Total` and `At` are blocks of replies, `Token` and `Session` of requests. */
const types = (reply: string): string =>
  schemaOf(
    `${element('Do', '<x:element name="a" type="x:int"/>')}${reply}
     <x:complexType name="Line"><x:sequence><x:element name="l" type="x:int"/></x:sequence></x:complexType>
     <x:element name="Token" type="x:long" nillable="true"/>${element('Session', '<x:element name="User" type="x:string"/>')}
     <x:element name="Total" type="x:decimal"/>
     ${element('At', '<x:element name="when" type="x:date"/><x:element name="by" type="x:string" minOccurs="0"/>', ' nillable="true"')}`,
  );
const header = (part: string, s = 's'): string => `<${s}:header message="t:H" part="${part}" use="literal"/>`;
const messages = `<w:message name="In"><w:part name="parameters" element="t:Do"/></w:message>
 <w:message name="Out"><w:part name="parameters" element="t:DoResponse"/></w:message>
 <w:message name="H">${['Token', 'Session', 'Total', 'At'].map((name) => `<w:part name="${name}" element="t:${name}"/>`).join('')}
 <w:part name="Typed" type="x:int"/></w:message>`;
const body = '<s:body use="literal"/>';
const input = body + header('Token') + header('Session');

const shapes = {
  beside: element('DoResponse', '<x:element name="x" type="x:int"/><x:element name="y" type="x:int" minOccurs="0"/>'),
  nothing: element('DoResponse', ''),
  scalar: element('DoResponse', '<x:element name="x" type="x:long" minOccurs="0"/>'),
  list: element('DoResponse', '<x:element name="x" type="x:int" minOccurs="0" maxOccurs="unbounded"/>'),
  object: element('DoResponse', '<x:element name="x" type="t:Line" minOccurs="0"/>'),
} as const;

const operationOf = async (t: ExecutionContext, shape: keyof typeof shapes = 'beside'): Promise<SoapOperation> => {
  const output = body + header('Total') + header('At');
  const wsdl = wsdlOf({ types: types(shapes[shape]), messages, binding: bindingOf('B', { input, output }) });
  return loaded(t, wsdl);
};
const loaded = async (t: ExecutionContext, wsdl: string): Promise<SoapOperation> => {
  const contract = await loadContract(`${await folderWith(t, { 'service.wsdl': wsdl })}/service.wsdl`);
  return contract.operations.get('Do')!;
};

const $headers = { Total: '1.10', At: { when: '2024-03-10', by: '<b> & "c"' } };
const form = (version: SoapVersion) => ({ version, dialect: wcf });

const exact = test.macro({
  async exec(t, shape: keyof typeof shapes, json: Json) {
    const operation = await operationOf(t, shape);
    t.is(operation.passThroughOnly, null);
    for (const version of ['1.1', '1.2'] as const) {
      const bytes = encodeReply(operation, json, form(version));
      t.regex(bytes.toString(), /<s:Header><Total xmlns="urn:t">1\.10<\/Total><At .*<\/At><\/s:Header><s:Body>/);
      t.deepEqual(decodeReply(operation, bytes, type[version]), { kind: 'value', json });
    }
    const example = exampleOf(operation.messages!.reply!)!;
    const read = decodeReply(operation, encodeReply(operation, example, form('1.1')), 'text/xml');
    t.deepEqual(read, { kind: 'value', json: example });
  },
  title: (what = '') => `blocks stand ${what}, and are exact both ways`,
});
test('beside the members of a reply', exact, 'beside', { $headers, x: 1, y: 2 });
test('alone where a reply says nothing else', exact, 'nothing', { $headers });
test('beside the result', exact, 'scalar', { $headers, result: '9007199254740993' });
test('beside a result that is absent', exact, 'scalar', { $headers });
test('beside a list, which is the $body', exact, 'list', { $headers, $body: [1, 2] });
test('beside an object that may be absent, which is the $body', exact, 'object', { $headers, $body: { l: 1 } });
test('beside what is absent', exact, 'object', { $headers, $body: { $absent: true } });
test('beside what is absent, though a list', exact, 'list', { $headers, $body: [] });

test('a block that is not there, nil and empty are told apart', async (t) => {
  const operation = await operationOf(t);
  const json = { $headers: { Total: { $absent: true }, At: null }, x: 1 };
  const bytes = encodeReply(operation, json, form('1.1'));
  t.regex(bytes.toString(), /<s:Header><At [^>]*nil="true"\/><\/s:Header>/);
  t.deepEqual(decodeReply(operation, bytes, 'text/xml'), { kind: 'value', json });
  const neither = { $headers: { Total: { $absent: true }, At: { $absent: true } }, x: 1 };
  const bare = encodeReply(operation, neither, form('1.1'));
  t.notRegex(bare.toString(), /Header/);
  t.deepEqual(decodeReply(operation, bare, 'text/xml'), { kind: 'value', json: neither });
});

const refused = test.macro({
  async exec(t, json: Json, message: RegExp, shape: keyof typeof shapes = 'beside') {
    const operation = await operationOf(t, shape);
    const error = t.throws(() => encodeReply(operation, json, form('1.1')), { instanceOf: AdapterError, message });
    t.is(error?.code, 'ERR_CONTRACT');
  },
  title: (what = '') => `outside the contract: ${what}`,
});
test('an answer without $headers', refused, { x: 1 }, /^\/\$headers: missing, but required$/);
test('a block that is not told of', refused, { $headers: { Total: '1' }, x: 1 }, /^\/\$headers\/At: missing; expected/);
test('a block that nobody declares', refused, { $headers: { ...$headers, No: 1 }, x: 1 }, /^\/\$headers\/No: a member/);
test(
  'a block that does not fit its type',
  refused,
  { $headers: { ...$headers, At: { when: 'now' } }, x: 1 },
  /^\/\$headers\/At\/when: /,
);
test('$headers that are no object', refused, { $headers: [], x: 1 }, /^\/\$headers: a list of 0; expected an object$/);
test('a body that does not fit', refused, { $headers, x: 'one' }, /^\/x: /);
test('a list without its $body', refused, { $headers }, /^\/\$body: missing, but required$/, 'list');
test('a $body that does not fit', refused, { $headers, $body: ['one'] }, /^\/\$body\/0: /, 'list');
test('members beside a $body', refused, { $headers, $body: [], x: 1 }, /^\/x: a member/, 'list');
test('a list alone', refused, [1], /^a list of 1; expected an object$/, 'list');

const soap = (blocks: string, inside: string, version: SoapVersion = '1.1'): Buffer =>
  Buffer.from(
    `<s:Envelope xmlns:s="${envelopeNs[version]}" xmlns:t="urn:t"><s:Header>${blocks}</s:Header><s:Body>${inside}</s:Body></s:Envelope>`,
  );
const done = '<t:DoResponse><t:x>1</t:x></t:DoResponse>';

test('a reply block that does not fit, or is there twice, is told with its place', async (t) => {
  const operation = await operationOf(t);
  const read = (blocks: string): unknown => decodeReply(operation, soap(blocks, done), 'text/xml');
  const total = '<t:Total>1.10</t:Total>';
  t.throws(() => read('<t:Total>much</t:Total>'), { code: 'ERR_CONTRACT', message: /^\/\$headers\/Total: / });
  t.throws(() => read('<t:At><t:by>x</t:by></t:At>'), { code: 'ERR_CONTRACT', message: /^\/\$headers\/At: / });
  t.throws(() => read(total + total), { code: 'ERR_CONTRACT', message: /^\/\$headers\/Total: there twice/ });
});

test('blocks for others, of other names and with attributes of the envelope are no trouble', async (t) => {
  const operation = await operationOf(t);
  const u = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
  const blocks = `<t:Other>x</t:Other><t:Total s:actor="urn:elsewhere">much</t:Total>
    <t:Total s:mustUnderstand="0" xmlns:u="${u}" u:Id="i"> 1.10 </t:Total>`;
  t.deepEqual(decodeReply(operation, soap(blocks, done), 'text/xml'), {
    kind: 'value',
    json: { $headers: { Total: '1.10', At: { $absent: true } }, x: 1 },
  });
});

test('the blocks of a fault are not read', async (t) => {
  const operation = await operationOf(t);
  const fault = '<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring></s:Fault>';
  const read = decodeReply(operation, soap('<t:Total>much</t:Total>', fault), 'text/xml');
  t.deepEqual(read, { kind: 'undeclared', code: 's:Client', message: 'no' });
});

test('blocks stand behind the addresses of an addressed reply', async (t) => {
  const bytes = encodeReply(await operationOf(t), { $headers, x: 1 }, { ...form('1.2'), wsa: { messageId: 'urn:m' } });
  t.regex(bytes.toString(), /<s:Header><a:Action>.*<\/a:To><Total [^>]*>1\.10<\/Total><At .*<\/At><\/s:Header>/);
});

const asked = '<t:Do><t:a>1</t:a></t:Do>';
test('blocks of a request are read by their types; those that are not there are not', async (t) => {
  const operation = await operationOf(t);
  const read = (blocks: string): unknown => decodeRequest(operation, soap(blocks, asked), 'text/xml').blocks;
  t.deepEqual(read('<t:Token>9007199254740993</t:Token><t:Session><t:User>ann</t:User></t:Session>'), {
    Token: '9007199254740993',
    Session: { User: 'ann' },
  });
  const nil = '<t:Token xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>';
  t.deepEqual(read(`${nil}<t:Unknown/>`), { Token: null });
  t.deepEqual(read(''), {});
  const blocks = { Token: '7', Session: { User: 'ann' } };
  const bytes = encodeRequest(operation, { a: 1 }, { ...form('1.1'), blocks });
  t.like(decodeRequest(operation, bytes, 'text/xml'), { input: { a: 1 }, blocks });
});

test('a block of a request that does not fit is the client’s, and one that must be understood is for legacy', async (t) => {
  const operation = await operationOf(t);
  const read = (blocks: string): unknown => decodeRequest(operation, soap(blocks, asked), 'text/xml');
  const error = t.throws(() => read('<t:Token>me</t:Token>'), { instanceOf: RequestError });
  t.is(error?.path, '/$headers/Token');
  t.throws(() => read('<t:Token s:mustUnderstand="1">7</t:Token>'), {
    instanceOf: RequestError,
    message: /\{urn:t\}Token, which only legacy understands/,
  });
});

test('schemas name blocks of replies, each of which may be absent', async (t) => {
  const { output } = schemasOf(await operationOf(t));
  t.like(output, { required: ['$headers', 'x'], properties: { $headers: { required: ['Total', 'At'] } } });
  const listed = schemasOf(await operationOf(t, 'list')).output;
  t.like(listed, { required: ['$headers', '$body'], properties: { $body: { type: 'array' } } });
});

const why = test.macro({
  async exec(t, output: string, reason: RegExp | null) {
    const binding = bindingOf('B', { input, output: body + output });
    const operation = await loaded(t, wsdlOf({ types: types(shapes.beside), messages, binding }));
    if (reason === null) t.is(operation.passThroughOnly, null);
    else t.regex(operation.passThroughOnly ?? 'it is translated', reason);
  },
  title: (what = '') => `pass-through only: ${what}`,
});
test('a block with a type and no element', why, header('Typed'), /^a soap:header in the reply that has no element/);
test('a block that is encoded', why, header('At').replace('literal', 'encoded'), /^a soap:header .* is encoded/);
test('a block of a part that is not there', why, header('None'), /^a soap:header .* of a part that is not declared/);
test('not one that is said twice', why, header('At') + header('At'), null);

test('bindings that declare other blocks of replies cannot be told apart; those of requests come together', async (t) => {
  const two = (first: string, second: string): string =>
    wsdlOf({
      types: types(shapes.beside),
      messages,
      portType: portTypeOf('P'),
      binding:
        bindingOf('B', { input: body + header('Token'), output: body + first }) +
        bindingOf('C', {
          soap: 's12',
          input: `<s12:body use="literal"/>${header('Session', 's12')}`,
          output: `<s12:body use="literal"/>${second}`,
        }),
    });
  const both = await loaded(t, two(header('At') + header('Total'), header('Total', 's12') + header('At', 's12')));
  t.is(both.passThroughOnly, null);
  t.deepEqual(
    both.messages?.requestHeaders.map(({ key }) => key),
    ['Token', 'Session'],
  );
  t.regex(
    (await loaded(t, two(header('At'), ''))).passThroughOnly ?? '',
    /that not every binding has \(operation Do\)/,
  );
});
