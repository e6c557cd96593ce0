// Header blocks that the contract declares for requests, as clients of REST send them.
import test, { type ExecutionContext } from 'ava';
import { join } from 'node:path';
import { restOperations } from '../../gateway/routing/rest-operations.ts';
import { bindingOf, folderWith, schemaOf, wrapperOf, wsdlOf } from '../../test/helpers/wsdl.ts';
import { noDeadline, soapCall } from '../../test/helpers/soap-call.ts';
import { bytesBody } from '../wire/bytes.ts';
import { CallDeadline } from '../wire/deadline.ts';
import { httpInvoke } from '../http/invoke.ts';
import { bindingsOf } from '../calling.ts';
import { openApiOf } from '../soap/document/openapi.ts';
import { loadContract } from '../soap/contract/contract.ts';
import { soapInvoke } from '../soap/invoke.ts';
import { restBridge } from './bridge.ts';
import { restFace } from './face.ts';
import { restMeanings } from './meanings.ts';
import { restProtocol } from './protocol.ts';
import type { Calling, Ask, Call, Identified, Json, Protocol } from '../adapter.ts';
import type { SoapContract, SoapOperation } from '../soap/contract/contract.ts';

const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const header = (part: string): string => `<s:header message="t:H" part="${part}" use="literal"/>`;
const types =
  schemaOf(
    `${wrapperOf('<x:element name="a" type="x:int"/>')}<x:element name="Tenant" type="x:string"/><x:element name="Limit" type="x:decimal"/>`,
  ) + `<x:schema targetNamespace="${wsse}"><x:element name="Security" type="x:string"/></x:schema>`;
const wsdl = wsdlOf({
  attributes: `xmlns:o="${wsse}"`,
  types,
  messages: `<w:message name="In"><w:part name="parameters" element="t:Do"/></w:message>
   <w:message name="Out"><w:part name="parameters" element="t:DoResponse"/></w:message>
   <w:message name="H"><w:part name="Tenant" element="t:Tenant"/><w:part name="Limit" element="t:Limit"/><w:part name="Security" element="o:Security"/></w:message>`,
  binding: bindingOf('B', {
    input: `<s:body use="literal"/>${header('Tenant')}${header('Limit')}${header('Security')}`,
  }),
});

interface Offered {
  readonly contract: SoapContract;
  readonly operation: SoapOperation;
  readonly protocol: Protocol;
}

const offered = async (t: ExecutionContext, call: Calling | null = null): Promise<Offered> => {
  const contract = await loadContract(join(await folderWith(t, { 's.wsdl': wsdl }), 's.wsdl'));
  const face = restFace(contract, { mount: '/api', calls: new Map([['Do', call]]), lookup: restOperations });
  return { contract, operation: contract.operations.get('Do')!, protocol: restProtocol(face, []) };
};

const callOf = (json: Json, target = '/api/Do'): Call =>
  soapCall({
    method: 'POST',
    target,
    raw: ['Content-Type', 'application/json'],
    body: Buffer.from(JSON.stringify(json)),
  });

const problemOf = (found: Identified): unknown =>
  found.is === 'answered'
    ? (JSON.parse(found.reply.body.bytes?.toString() ?? '') as { errors: unknown }).errors
    : found.is;

const both = { $headers: { Limit: '1.10', Tenant: 'a & b' }, a: 5 };

test('handlers have them as SOAP clients sent them', async (t) => {
  const { contract, operation, protocol } = await offered(t);
  const call = callOf(both);
  t.like(await protocol.identify(call, noDeadline), { is: 'operation', name: 'Do' });
  const asks: Ask[] = [];
  const invoke = async (ask: Ask) => {
    asks.push(ask);
    return { kind: 'value', json: {} } as const;
  };
  await restBridge({ contract, operation, identity: null, invoke })(call, noDeadline);
  t.like(asks[0], { input: { a: 5 }, soapHeaders: { Limit: '1.10', Tenant: 'a & b' } });
});

/** What a destination is sent for a call. */
const sent = async (t: ExecutionContext, by: 'http' | 'soap'): Promise<string> => {
  const { contract, operation, protocol } = await offered(t);
  const call = callOf(both);
  await protocol.identify(call, noDeadline);
  let text = '';
  const send = async ({ body: given }: Call) => {
    text = String(await given.whole(10_000, new CallDeadline()));
    const type = by === 'http' ? 'application/json' : 'text/xml';
    const body = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><DoResponse xmlns="urn:t"/></e:Body></e:Envelope>`;
    return {
      head: { status: 200, reason: 'OK', raw: ['Content-Type', type] },
      body: bytesBody(Buffer.from(by === 'http' ? '{}' : body)),
      verdict: { blame: 'nobody' },
    } as const;
  };
  const asked = { operation, call: null, treat: {}, write: false, face: 'rest' } as const;
  const secure = { envelope: (envelope: Buffer) => envelope, lines: [] };
  const invoke =
    by === 'http'
      ? httpInvoke(asked, { send, lines: [], forwarded: 'none' })
      : soapInvoke(asked, {
          contract,
          send,
          url: 'http://legacy/',
          version: '1.1',
          addressing: false,
          secure,
          hasAuth: false,
          origin: () => [],
        });
  await restBridge({ contract, operation, identity: null, invoke })(call, noDeadline);
  return text;
};

test('a SOAP service gets them as header blocks, in the order of the contract', async (t) => {
  t.regex(
    await sent(t, 'soap'),
    /<s:Header><Tenant xmlns="urn:t"[^>]*>a &amp; b<\/Tenant><Limit [^>]*>1\.10<\/Limit><\/s:Header>/,
  );
});

test('a JSON service gets them where the client wrote them', async (t) => {
  t.deepEqual(JSON.parse(await sent(t, 'http')), both);
});

const wrong = test.macro(async (t, json: Json, error: unknown) => {
  const { protocol } = await offered(t);
  t.deepEqual(problemOf(await protocol.identify(callOf(json), noDeadline)), [error]);
});
test(
  'one that the contract does not have',
  wrong,
  { $headers: { Tenants: 'a' }, a: 5 },
  {
    detail: 'a member that the schema does not have; expected Tenant, Limit',
    pointer: '#/$headers/Tenants',
  },
);
test(
  'security, which is the gateway’s own',
  wrong,
  { $headers: { Security: 'a' }, a: 5 },
  {
    detail: 'a member that the schema does not have; expected Tenant, Limit',
    pointer: '#/$headers/Security',
  },
);
test(
  'one that does not fit its type',
  wrong,
  { $headers: { Limit: 'x' }, a: 5 },
  {
    detail: 'a string of 1 characters; expected a decimal (xs:decimal), as a string',
    pointer: '#/$headers/Limit',
  },
);
test(
  'what is no object',
  wrong,
  { $headers: null, a: 5 },
  { detail: 'null; expected an object', pointer: '#/$headers' },
);

test('a body that is one member has no place for them', async (t) => {
  const { protocol } = await offered(t, { request: 'POST /do', headers: {}, body: 'a' });
  t.deepEqual(problemOf(await protocol.identify(callOf(both, '/api/do'), noDeadline)), [
    { detail: 'an object; expected a whole number from -2147483648 to 2147483647 (xs:int)', pointer: '#' },
  ]);
});

test('calls that differ in them alone are different questions', async (t) => {
  const { protocol } = await offered(t);
  const textOf = async (json: Json) => {
    const call = callOf(json);
    await protocol.identify(call, noDeadline);
    return restMeanings.ofCall(call, Buffer.alloc(0))?.text;
  };
  t.is(await textOf(both), await textOf({ a: 5, $headers: { Tenant: 'a & b', Limit: '1.10' } }));
  t.not(await textOf(both), await textOf({ ...both, $headers: { Tenant: 'c' } }));
  t.not(await textOf(both), await textOf({ a: 5 }));
  t.is(await textOf({ a: 5, $headers: {} }), await textOf({ a: 5 }));
});

test('OpenAPI tells of them', async (t) => {
  const { contract, operation } = await offered(t);
  const problems = { status: 422, typeOf: (fault: string) => fault };
  const document = openApiOf(contract, [{ operation, bindings: bindingsOf(null, operation) }], {
    title: 'x',
    mount: '',
    problems,
  });
  const { schemas } = document['components'] as {
    schemas: Record<string, { properties: Record<string, { properties: object }>; required: unknown }>;
  };
  const input = schemas['DoInput']!;
  t.deepEqual(Object.keys(input.properties), ['$headers', 'a']);
  t.deepEqual(Object.keys(input.properties['$headers']!.properties), ['Tenant', 'Limit']);
  t.deepEqual(input.required, ['a']);
});
