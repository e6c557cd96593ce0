import test from 'ava';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdapterError } from '../../errors.ts';
import { loadContract } from './contract.ts';
import { loadOrders } from '../../../test/helpers/contracts.ts';
import type { ExecutionContext } from 'ava';

const split = await loadOrders();

test('a contract split over files as WCF saves it is read from its first file', (t) => {
  t.deepEqual([...split.operations.keys()], ['GetOrder', 'ListOrders', 'PlaceOrder', 'Notify', 'Ping']);
  t.is(split.targetNamespace, 'http://contoso.example/orders');
  for (const operation of split.operations.values()) t.is(operation.passThroughOnly, null);
});

test('operations know their inputs in order, their faults and whether anybody waits', (t) => {
  t.deepEqual(split.operations.get('ListOrders')?.inputs, ['customer', 'kind']);
  t.deepEqual(split.operations.get('GetOrder')?.faults, ['OrderNotFoundFault']);
  t.deepEqual(
    [...(split.operations.get('GetOrder')?.faultElements ?? [])],
    [
      [
        'OrderNotFoundFault',
        { ns: 'http://schemas.datacontract.org/2004/07/Contoso.Orders', local: 'OrderNotFoundFault' },
      ],
    ],
  );
  t.true(split.operations.get('Notify')?.oneWay);
  t.false(split.operations.get('Ping')?.oneWay);
});

test('the action of a reply is the declared one, else the default of WS-Addressing', (t) => {
  const base = 'http://contoso.example/orders/IOrderService';
  t.is(split.operations.get('GetOrder')?.replyAction, `${base}/GetOrderResponse`);
  t.is(split.operations.get('Ping')?.replyAction, `${base}/PingResponse`);
});

test('names hold the actions of all bindings, in each spelling that may arrive, and the body elements', (t) => {
  t.deepEqual(split.names.actions.get('http://contoso.example/orders/IOrderService/Ping'), ['Ping']);
  t.deepEqual(split.names.actions.get('urn:orders:ping%20pong'), ['Ping']);
  t.deepEqual(split.names.actions.get('urn:orders:ping pong'), ['Ping']);
  t.deepEqual(split.names.elements.get('{http://contoso.example/orders}GetOrder'), ['GetOrder']);
  t.deepEqual(split.names.bodiless, []);
});

interface Parts {
  /** Inside the schema of the namespace `urn:t`, prefix `t`. */
  readonly schema: string;
  readonly style?: string;
  readonly use?: string;
  readonly address?: string;
  readonly schemaAttributes?: string;
  readonly header?: string;
}

/** A service with one operation `Do`, whose input is the element `Do` and whose output is `DoResponse`. */
const wsdl = ({
  schema,
  style = 'document',
  use = 'literal',
  address = 'http://x/',
  schemaAttributes = '',
  header = '',
}: Parts): string => `
<w:definitions targetNamespace="urn:t" xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:t" xmlns:x="http://www.w3.org/2001/XMLSchema">
<w:types><x:schema targetNamespace="urn:t" elementFormDefault="qualified" ${schemaAttributes}>${schema}</x:schema></w:types>
<w:message name="In"><w:part name="parameters" element="t:Do"/></w:message>
<w:message name="Out"><w:part name="parameters" element="t:DoResponse"/></w:message>
<w:message name="H"><w:part name="h" element="t:Do"/></w:message>
<w:portType name="P"><w:operation name="Do"><w:input message="t:In"/><w:output message="t:Out"/></w:operation></w:portType>
<w:binding name="B" type="t:P"><s:binding style="${style}" transport="http://schemas.xmlsoap.org/soap/http"/>
<w:operation name="Do"><s:operation soapAction="urn:do"/><w:input><s:body use="${use}"/></w:input><w:output><s:body use="${use}"/>${header}</w:output></w:operation></w:binding>
<w:service name="S"><w:port name="Q" binding="t:B"><s:address location="${address}"/></w:port></w:service>
</w:definitions>`;

const wrapper = (members: string): string =>
  `<x:element name="Do"><x:complexType><x:sequence>${members}</x:sequence></x:complexType></x:element>
   <x:element name="DoResponse"><x:complexType><x:sequence/></x:complexType></x:element>`;

const inFiles = async (t: ExecutionContext, files: Readonly<Record<string, string>>) => {
  const folder = await mkdtemp(join(tmpdir(), 'contract-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return join(folder, 'service.wsdl');
};
const load = async (t: ExecutionContext, parts: Parts) =>
  loadContract(await inFiles(t, { 'service.wsdl': wsdl(parts) }));

const passedThrough = test.macro({
  exec: async (t, parts: Parts, reason: RegExp) => {
    const contract = await load(t, parts);
    const operation = contract.operations.get('Do');
    t.regex(operation?.passThroughOnly ?? 'it is translated', reason);
    t.is(operation?.messages, null);
    t.deepEqual(contract.names.actions.get('urn:do'), ['Do']);
  },
  title: (name = '') => `pass-through only, with construct and place: ${name}`,
});

test(
  'a type that is not declared',
  passedThrough,
  { schema: wrapper('<x:element name="a" type="t:Nowhere"/>') },
  /not declared: \{urn:t\}Nowhere/,
);
test(
  'a pattern that cannot be checked',
  passedThrough,
  {
    schema: wrapper(
      '<x:element name="a"><x:simpleType><x:restriction base="x:string"><x:pattern value="\\p{IsGreek}"/></x:restriction></x:simpleType></x:element>',
    ),
  },
  /^the pattern "\\p\{IsGreek\}"/,
);
test(
  'a derived type that may stand in',
  passedThrough,
  {
    schema: `${wrapper('<x:element name="a" type="t:B"/>')}<x:complexType name="B"/><x:complexType name="D"><x:complexContent><x:extension base="t:B"><x:sequence><x:element name="n" type="x:NOTATION"/></x:sequence></x:extension></x:complexContent></x:complexType>`,
  },
  /^xs:NOTATION/,
);
test(
  'a DataSet',
  passedThrough,
  {
    schema: wrapper(
      '<x:element name="a"><x:complexType><x:sequence><x:element ref="x:schema"/><x:any/></x:sequence></x:complexType></x:element>',
    ),
  },
  /^an ADO\.NET DataSet/,
);
test(
  'an abstract element that nothing stands in for',
  passedThrough,
  { schema: `${wrapper('<x:element ref="t:Head"/>')}<x:element name="Head" type="x:string" abstract="true"/>` },
  /^an abstract element/,
);
test(
  'a union with names',
  passedThrough,
  {
    schema: `${wrapper('<x:element name="a" type="t:U"/>')}<x:simpleType name="U"><x:union memberTypes="x:int x:QName"/></x:simpleType>`,
  },
  /^xs:QName in a union/,
);
test(
  'an attributeGroup inside itself',
  passedThrough,
  {
    schema: `${wrapper('<x:element name="a" type="t:A"/>')}<x:complexType name="A"><x:attributeGroup ref="t:G"/></x:complexType><x:attributeGroup name="G"><x:attributeGroup ref="t:G"/></x:attributeGroup>`,
  },
  /^an attributeGroup inside itself/,
);
test(
  'a type derived from itself',
  passedThrough,
  {
    schema: `${wrapper('<x:element name="a" type="t:B"/>')}<x:complexType name="B"><x:complexContent><x:extension base="t:B"/></x:complexContent></x:complexType>`,
  },
  /derived from itself/,
);
test(
  'a group inside itself',
  passedThrough,
  {
    schema: `${wrapper('<x:group ref="t:G"/>')}<x:group name="G"><x:sequence><x:group ref="t:G"/></x:sequence></x:group>`,
  },
  /^a group inside itself/,
);
test(
  'rpc/literal with an element for a part',
  passedThrough,
  { schema: wrapper(''), style: 'rpc' },
  /^rpc\/literal with a part that has no type \(operation Do, service\.wsdl:\d+\)$/,
);
test('rpc/encoded', passedThrough, { schema: wrapper(''), style: 'rpc', use: 'encoded' }, /^rpc\/encoded/);
test(
  'a header in the reply that is declared nowhere',
  passedThrough,
  { schema: wrapper(''), header: '<s:header message="t:None" part="h" use="literal"/>' },
  /^a soap:header in the reply, of a part that is not declared \(operation Do, service\.wsdl:\d+\)$/,
);
test(
  'an element of a message that no schema declares',
  passedThrough,
  { schema: '' },
  /^the element \{urn:t\}Do, which is not declared/,
);

test('only the operations that reach a construct are passed through', async (t) => {
  const schema = `${wrapper('<x:element name="a" type="x:int"/>')}<x:element name="Unused" type="x:NOTATION"/>`;
  t.is((await load(t, { schema })).operations.get('Do')?.passThroughOnly, null);
});

test('layout, comments, documentation and addresses do not change the hash, a changed type does', async (t) => {
  const schema = wrapper('<x:element name="a" type="x:int"/>');
  const [plain, dressed, other] = await Promise.all([
    load(t, { schema }),
    load(t, {
      schema: `<!-- c --><x:annotation><x:documentation>d</x:documentation></x:annotation>  ${schema}`,
      address: 'http://y/',
    }),
    load(t, { schema: schema.replace('x:int', 'x:long') }),
  ]);
  t.is(plain.hash, dressed.hash);
  t.not(plain.hash, other.hash);
});

test('a prefix that comes to mean something else changes the hash', async (t) => {
  const schema = wrapper('<x:element name="a" type="q:T"/>');
  const one = await load(t, { schema, schemaAttributes: 'xmlns:q="urn:one"' });
  const other = await load(t, { schema, schemaAttributes: 'xmlns:q="urn:two"' });
  t.not(one.hash, other.hash);
});

test('an included schema without a namespace takes that of the one that includes it', async (t) => {
  const including = wsdl({
    schema: `<x:include schemaLocation="part.xsd"/>${wrapper('<x:element name="a" type="t:Part"/>')}`,
  });
  const part = `<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"><x:complexType name="Part"><x:sequence><x:element name="b" type="Code"/></x:sequence></x:complexType><x:simpleType name="Code"><x:restriction base="x:string"/></x:simpleType></x:schema>`;
  const contract = await loadContract(await inFiles(t, { 'service.wsdl': including, 'part.xsd': part }));
  t.is(contract.operations.get('Do')?.passThroughOnly, null);
});

const refused = test.macro({
  exec: async (t, files: Readonly<Record<string, string>>, code: string, message: RegExp) => {
    const error = await t.throwsAsync(loadContract(await inFiles(t, files)), { instanceOf: AdapterError });
    t.is(error?.code, code as AdapterError['code']);
    t.regex(error?.message ?? '', message);
  },
  title: (name = '') => `cannot be read as a contract: ${name}`,
});

const importing = (location: string): string =>
  wsdl({ schema: `<x:import namespace="urn:o" schemaLocation="${location}"/>${wrapper('')}` });
test('a missing file', refused, {}, 'ERR_CONTRACT', /service\.wsdl: cannot be read/);
test(
  'a missing import',
  refused,
  { 'service.wsdl': importing('gone.xsd') },
  'ERR_CONTRACT',
  /gone\.xsd: cannot be read/,
);
test(
  'an import from outside its folder',
  refused,
  { 'service.wsdl': importing('../../etc/passwd') },
  'ERR_CONTRACT',
  /outside the contract's folder/,
);
test(
  'an import from the network',
  refused,
  { 'service.wsdl': importing('http://evil.example/a.xsd') },
  'ERR_CONTRACT',
  /not a file/,
);
test(
  'saved metadata that is not beside it',
  refused,
  { 'service.wsdl': importing('http://h/S.svc?xsd=xsd7') },
  'ERR_CONTRACT',
  /expected it saved beside, as xsd7\.xsd or xsd7/,
);
test(
  'a DOCTYPE',
  refused,
  { 'service.wsdl': `<!DOCTYPE a [<!ENTITY b "c">]>${wsdl({ schema: '' })}` },
  'ERR_REFUSED',
  /DOCTYPE/,
);
test(
  'a WSDL that is cut',
  refused,
  { 'service.wsdl': wsdl({ schema: '' }).slice(0, 300) },
  'ERR_MALFORMED',
  /service\.wsdl: not well-formed/,
);
test('something else than a WSDL', refused, { 'service.wsdl': '<a/>' }, 'ERR_CONTRACT', /its root is/);
test(
  'a WSDL without a SOAP binding',
  refused,
  { 'service.wsdl': '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>' },
  'ERR_CONTRACT',
  /no SOAP binding/,
);
