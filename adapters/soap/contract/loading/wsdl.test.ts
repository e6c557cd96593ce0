// Services, ports and bindings, and what a binding asks beyond the shape of its messages.
import test from 'ava';
import { join } from 'node:path';
import { bindingOf, folderWith, portTypeOf, schemaOf, wrapperOf, wsdlOf } from '../../../../test/helpers/wsdl.ts';
import { loadContract } from '../contract.ts';
import type { WsdlParts } from '../../../../test/helpers/wsdl.ts';
import type { ExecutionContext } from 'ava';

const load = async (t: ExecutionContext, parts: WsdlParts) =>
  loadContract(join(await folderWith(t, { 'service.wsdl': wsdlOf(parts) }), 'service.wsdl'));

test('SOAP 1.1 and 1.2 on one port type are one operation with the actions of both', async (t) => {
  const binding = bindingOf('B') + bindingOf('B12', { soap: 's12', action: 'urn:do12' });
  const contract = await load(t, { binding });
  t.is(contract.operations.get('Do')?.passThroughOnly, null);
  t.deepEqual(
    [...contract.names.actions],
    [
      ['urn:do', ['Do']],
      ['urn:do12', ['Do']],
    ],
  );
});

test('HTTP GET and POST bindings beside the SOAP one are side doors, not operations', async (t) => {
  const http = `<w:portType name="G"><w:operation name="Do"><w:input message="t:In"/></w:operation></w:portType>
    <w:binding name="G" type="t:G"><h:binding xmlns:h="http://schemas.xmlsoap.org/wsdl/http/" verb="GET"/><w:operation name="Do"/></w:binding>`;
  t.is((await load(t, { binding: bindingOf('B') + http })).operations.get('Do')?.passThroughOnly, null);
});

const secondPortType = (input: string): WsdlParts => ({
  types: schemaOf(`${wrapperOf('')}<x:element name="Else"><x:complexType/></x:element>`),
  messages: `<w:message name="In"><w:part name="parameters" element="t:Do"/></w:message>
    <w:message name="Out"><w:part name="parameters" element="t:DoResponse"/></w:message>
    <w:message name="In2"><w:part name="parameters" element="t:${input}"/></w:message>`,
  portType:
    portTypeOf('P') +
    portTypeOf(
      'P2',
      `<w:input message="t:In2"/><w:output message="t:Out" a:Action="urn:t:P:DoResponse" xmlns:a="http://www.w3.org/2007/05/addressing/metadata"/>`,
    ),
  binding: bindingOf('B') + bindingOf('B2', { type: 'P2', action: 'urn:do2' }),
});

test('two port types that mean the same by a name share the operation', async (t) => {
  const contract = await load(t, secondPortType('Do'));
  t.is(contract.operations.get('Do')?.passThroughOnly, null);
  t.deepEqual(contract.names.actions.get('urn:do2'), ['Do']);
});

test('two port types that mean different things by a name cannot be told apart by it', async (t) => {
  const contract = await load(t, secondPortType('Else'));
  t.is(contract.operations.get('Do')?.passThroughOnly, '2 operations named Do, in the port types P, P2');
});

test('parts of rpc messages that differ are different meanings of one name', async (t) => {
  const operationsWith = async (type: string) => {
    const { portType = '', binding = '' } = secondPortType('Do');
    const contract = await load(t, {
      types: schemaOf(''),
      messages: `<w:message name="In"><w:part name="a" type="x:int"/></w:message>
        <w:message name="In2"><w:part name="a" type="x:${type}"/></w:message>
        <w:message name="Out"/>`,
      portType,
      binding: binding.replaceAll('<s:binding ', '<s:binding style="rpc" '),
    });
    return contract.operations.get('Do')?.passThroughOnly;
  };
  t.is(await operationsWith('int'), null);
  t.is(await operationsWith('string'), '2 operations named Do, in the port types P, P2');
});

test('overloads cannot be told apart by name', async (t) => {
  const one = (input: string, name: string) =>
    `<w:operation name="Do"><w:input name="${name}" message="t:${input}"/><w:output message="t:Out"/></w:operation>`;
  const bound = (name: string) =>
    `<w:operation name="Do"><s:operation soapAction="urn:${name}"/><w:input name="${name}"><s:body use="literal"/></w:input><w:output><s:body use="literal"/></w:output></w:operation>`;
  const contract = await load(t, {
    ...secondPortType('Else'),
    portType: `<w:portType name="P">${one('In', 'a')}${one('In2', 'b')}</w:portType>`,
    binding: `<w:binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>${bound('a')}${bound('b')}</w:binding>`,
  });
  t.is(contract.operations.get('Do')?.passThroughOnly, '2 operations named Do, overloads of one port type');
});

const passedThrough = test.macro({
  exec: async (t, parts: WsdlParts, reason: RegExp) => {
    const operation = (await load(t, parts)).operations.get('Do');
    t.regex(operation?.passThroughOnly ?? 'it is translated', reason);
  },
  title: (name = '') => `pass-through only: ${name}`,
});
const translated = test.macro({
  exec: async (t, parts: WsdlParts) => t.is((await load(t, parts)).operations.get('Do')?.passThroughOnly, null),
  title: (name = '') => `translated: ${name}`,
});

const rm = '<r:RMAssertion xmlns:r="http://schemas.xmlsoap.org/ws/2005/02/rm/policy"/>';
const all = (assertions: string): string => `<p:ExactlyOne><p:All>${assertions}</p:All></p:ExactlyOne>`;
const policy = (assertions: string): WsdlParts => ({
  head: `<p:Policy u:Id="pol">${all(assertions)}</p:Policy>`,
  binding: bindingOf('B', { inside: '<p:PolicyReference URI="#pol"/>' }),
});
const sp = 'xmlns:q="http://schemas.xmlsoap.org/ws/2005/07/securitypolicy"';
const optional = (assertion: string): string => assertion.replace('/>', ' p:Optional="true"/>');
const mtom =
  '<m:OptimizedMimeSerialization xmlns:m="http://schemas.xmlsoap.org/ws/2004/09/policy/optimizedmimeserialization"/>';

test('reliable messaging', passedThrough, policy(rm), /^WS-ReliableMessaging \(binding B, service\.wsdl:\d+\)$/);
test(
  'reliable messaging, as OASIS has it',
  passedThrough,
  policy('<r:RMAssertion xmlns:r="http://docs.oasis-open.org/ws-rx/wsrmp/200702"/>'),
  /^WS-ReliableMessaging/,
);
test('MTOM', passedThrough, policy(mtom), /^MTOM/);
test('optional MTOM', translated, policy(optional(mtom)));
test(
  'a symmetric binding',
  passedThrough,
  policy(`<q:SymmetricBinding ${sp}><p:Policy/></q:SymmetricBinding>`),
  /^WS-Security signatures or encryption/,
);
test(
  'a secure conversation over https',
  passedThrough,
  policy(
    `<q:TransportBinding ${sp}/><q:EndorsingSupportingTokens ${sp}><p:Policy><q:SecureConversationToken/></p:Policy></q:EndorsingSupportingTokens>`,
  ),
  /^WS-SecureConversation/,
);
test(
  'https with a user name',
  translated,
  policy(
    `<q:TransportBinding ${sp}/><q:SignedSupportingTokens ${sp}><p:Policy><q:UsernameToken/></p:Policy></q:SignedSupportingTokens>`,
  ),
);
test(
  'binary encoding',
  passedThrough,
  policy('<b:BinaryEncoding xmlns:b="http://schemas.microsoft.com/ws/06/2004/mspolicy/netbinary1"/>'),
  /^\.NET binary encoding/,
);
test(
  'a transaction',
  passedThrough,
  policy('<b:ATAssertion xmlns:b="http://schemas.xmlsoap.org/ws/2004/10/wsat"/>'),
  /^WS-AtomicTransaction/,
);
test('a policy with an alternative that asks for nothing', translated, {
  ...policy(''),
  head: `<p:Policy u:Id="pol"><p:ExactlyOne><p:All>${rm}</p:All><p:All/></p:ExactlyOne></p:Policy>`,
});
test(
  'a policy on the message',
  passedThrough,
  {
    head: `<p:Policy u:Id="pol">${rm}</p:Policy>`,
    binding: bindingOf('B', { input: '<p:PolicyReference URI="#pol"/><s:body use="literal"/>' }),
  },
  /^WS-ReliableMessaging/,
);
test(
  'a policy on the port',
  passedThrough,
  { service: `<w:port name="Q" binding="t:B"><p:Policy>${rm}</p:Policy><s:address location="http://h/"/></w:port>` },
  /^WS-ReliableMessaging/,
);
test(
  'a policy named by attribute',
  passedThrough,
  {
    head: `<p:Policy u:Id="pol">${rm}</p:Policy>`,
    portType: portTypeOf('P').replace('name="P"', 'name="P" p:PolicyURIs="#other #pol"'),
  },
  /^WS-ReliableMessaging/,
);
test(
  'a policy that refers to itself',
  passedThrough,
  { ...policy(''), head: '<p:Policy u:Id="pol"><p:PolicyReference URI="#pol"/></p:Policy>' },
  /^a policy that refers to itself/,
);
test('a binding that asks for nothing, beside one that does', translated, {
  ...policy(rm),
  binding: bindingOf('B', { inside: '<p:PolicyReference URI="#pol"/>' }) + bindingOf('Plain'),
});
test(
  'a transport that is not HTTP',
  passedThrough,
  { binding: bindingOf('B', { transport: 'http://schemas.microsoft.com/soap/tcp' }) },
  /^the transport http:\/\/schemas\.microsoft\.com\/soap\/tcp/,
);
test(
  'a session of WCF',
  passedThrough,
  {
    portType: portTypeOf('P').replace(
      'name="P"',
      'name="P" m:usingSession="true" xmlns:m="http://schemas.microsoft.com/ws/2005/12/wsdl/contract"',
    ),
  },
  /^a WCF session/,
);
const mime = (parts: string): WsdlParts => ({
  binding: bindingOf('B', {
    output: `<m:multipartRelated xmlns:m="http://schemas.xmlsoap.org/wsdl/mime/">${parts}</m:multipartRelated>`,
  }),
});
test(
  'attachments',
  passedThrough,
  mime('<m:part><s:body use="literal"/></m:part><m:part><m:content part="x"/></m:part>'),
  /^attachments \(mime\)/,
);
test(
  'a multipart of one part that is no envelope',
  passedThrough,
  mime('<m:part><m:content part="x"/></m:part>'),
  /^attachments \(mime\)/,
);
test(
  'an encoded envelope in a multipart of one part',
  passedThrough,
  mime('<m:part><s:body use="encoded"/></m:part>'),
  /^document\/encoded/,
);
test('a multipart of one part', translated, mime('<m:part><s:body use="literal"/></m:part>'));
test(
  'a notification',
  passedThrough,
  { portType: portTypeOf('P', '<w:output message="t:Out"/>') },
  /^no input: the service calls the client/,
);
test(
  'a solicited response',
  passedThrough,
  { portType: portTypeOf('P', '<w:output message="t:Out"/><w:input message="t:In"/>') },
  /^the output before the input/,
);
test(
  'a DataSet',
  passedThrough,
  {
    types: schemaOf(
      wrapperOf(
        '<x:element name="a"><x:complexType><x:sequence><x:element ref="x:schema"/><x:any/></x:sequence></x:complexType></x:element>',
      ),
    ),
  },
  /^an ADO\.NET DataSet/,
);
