import { join } from 'node:path';
import test from 'ava';
import { RequestError } from '../../errors.ts';
import { decodeReply, decodeRequest, encodeFault, encodeReply } from './codec.ts';
import { loadContract } from './contract.ts';
import { wcf } from './dialect.ts';
import { envelopeNs } from './xml/namespaces.ts';
import {
  enveloped as soap,
  loadOrders,
  operationOf as operation,
  ordersDataNs as data,
  ordersNs as ns,
} from '../../../test/helpers/contracts.ts';
import { folderWith, wsdlOf } from '../../../test/helpers/wsdl.ts';
import type { DecodedRequest } from './codec.ts';

const orders = await loadOrders();
const getOrder = operation(orders, 'GetOrder');
const placeOrder = operation(orders, 'PlaceOrder');
const form = { version: '1.1', dialect: wcf } as const;
const xml = 'text/xml; charset=utf-8';
const asks = (members: string): string => soap(`<GetOrder xmlns="${ns}">${members}</GetOrder>`);
const decode = (text: string, type = xml): DecodedRequest => decodeRequest(getOrder, Buffer.from(text), type);

test('a declared fault carries its detail, typed, in the layout of each version', (t) => {
  const fault = { name: 'OrderNotFoundFault', detail: { OrderId: '5', Reason: null }, message: 'No <order> 5' };
  const detail = `<OrderNotFoundFault xmlns="${data}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><OrderId>5</OrderId><Reason i:nil="true"/></OrderNotFoundFault>`;
  t.is(
    encodeFault(getOrder, fault, form).toString(),
    `<s:Envelope xmlns:s="${envelopeNs['1.1']}"><s:Body><s:Fault><faultcode>s:Client</faultcode>` +
      `<faultstring xml:lang="en-US">No &lt;order&gt; 5</faultstring><detail>${detail}</detail></s:Fault></s:Body></s:Envelope>`,
  );
  t.is(
    encodeFault(getOrder, fault, { ...form, version: '1.2' }).toString(),
    `<s:Envelope xmlns:s="${envelopeNs['1.2']}"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code>` +
      `<s:Reason><s:Text xml:lang="en-US">No &lt;order&gt; 5</s:Text></s:Reason><s:Detail>${detail}</s:Detail></s:Fault></s:Body></s:Envelope>`,
  );
});

test('nothing is an answer where there is nothing to say, and nowhere else', async (t) => {
  const folder = await folderWith(t, { 's.wsdl': wsdlOf() });
  const quiet = operation(await loadContract(join(folder, 's.wsdl')), 'Do');
  t.true(quiet.isVoid);
  for (const json of [undefined, null, {}]) t.regex(encodeReply(quiet, json as never, form).toString(), /<DoResponse/);
  // A handler that forgot its return: GetOrderResult may be absent, but that is for the handler to say.
  t.false(getOrder.isVoid);
  t.throws(() => encodeReply(getOrder, undefined as never, form), {
    code: 'ERR_CONTRACT',
    message: /^no answer at all/,
  });
});

test('a fault that the operation does not declare, or whose detail does not fit, is a breach', (t) => {
  const fault = { name: 'OrderNotFoundFault', detail: { OrderId: 'x' }, message: '' };
  t.regex(
    t.throws(() => encodeFault(getOrder, fault, form), { code: 'ERR_CONTRACT' })?.message ?? '',
    /^\/detail\/OrderId: /,
  );
  t.regex(
    t.throws(() => encodeFault(placeOrder, fault, form), { code: 'ERR_CONTRACT' })?.message ?? '',
    /no fault of PlaceOrder; expected none/,
  );
});

test('a fault that the contract does not have is told apart from those it has', (t) => {
  const fault = `<e:Fault><faultcode>s:Server</faultcode><faultstring>boom</faultstring></e:Fault>`;
  t.deepEqual(decodeReply(getOrder, Buffer.from(soap(fault)), xml), {
    kind: 'undeclared',
    code: 's:Server',
    message: 'boom',
  });
});

const wsa = 'http://www.w3.org/2005/08/addressing';
const addressed = (more = ''): string =>
  soap(`<GetOrder xmlns="${ns}"/>`, {
    version: '1.2',
    header: `<a:Action e:mustUnderstand="1" xmlns:a="${wsa}">x</a:Action><a:MessageID xmlns:a="${wsa}">urn:uuid:1</a:MessageID>${more}`,
  });
const soap12 = 'application/soap+xml';

test('only an addressed request gets an addressed reply', (t) => {
  const { wsa: addressing, version } = decode(addressed(), soap12);
  const text = encodeReply(getOrder, { Name: 'x' }, { version, dialect: wcf, wsa: addressing }).toString();
  t.regex(
    text,
    new RegExp(
      `<s:Header><a:Action>${ns}/IOrderService/GetOrderResponse</a:Action><a:RelatesTo>urn:uuid:1</a:RelatesTo>`,
    ),
  );
  const fault = encodeFault(
    getOrder,
    { name: 'OrderNotFoundFault', detail: {}, message: '' },
    { version, dialect: wcf, wsa: addressing },
  );
  t.regex(fault.toString(), /<a:Action>[^<]*GetOrderOrderNotFoundFaultFault<\/a:Action>/);
  t.is(decode(asks('')).wsa, null);
  t.notRegex(encodeReply(getOrder, { Name: 'x' }, form).toString(), /Header/);
});

const headers = test.macro({
  exec: (t, header: string, message: RegExp | null) => {
    const text = soap(`<GetOrder xmlns="${ns}"/>`, { header });
    if (message === null) t.notThrows(() => decode(text));
    else t.regex(t.throws(() => decode(text), { instanceOf: RequestError })?.message ?? '', message);
  },
  title: (name = '') => `headers: ${name}`,
});
const security =
  '<o:Security xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"';
test(
  'one that has to be understood is for legacy',
  headers,
  '<h e:mustUnderstand="1" xmlns="urn:h"/>',
  /\{urn:h\}h, which only legacy understands/,
);
test(
  'one that has to be understood by another node is not ours',
  headers,
  '<h e:mustUnderstand="1" e:actor="urn:other" xmlns="urn:h"/>',
  null,
);
test(
  'one that has to be understood by the next node is ours',
  headers,
  '<h e:mustUnderstand="1" e:actor="http://schemas.xmlsoap.org/soap/actor/next" xmlns="urn:h"/>',
  /only legacy/,
);
test('one that may be left alone is left alone', headers, '<ClientId xmlns="urn:h">7</ClientId>', null);
test(
  'WS-Security is for legacy, even where it need not be understood',
  headers,
  `${security}/>`,
  /Security, which only legacy/,
);
test(
  'older addressing is for legacy',
  headers,
  '<a:Action xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing">x</a:Action>',
  /only legacy/,
);
test(
  'a reply that is wanted elsewhere is for legacy',
  headers,
  `<a:ReplyTo xmlns:a="${wsa}"><a:Address>http://evil.example/</a:Address></a:ReplyTo>`,
  /another address/,
);
test(
  'faults that are wanted elsewhere are for legacy',
  headers,
  `<a:FaultTo xmlns:a="${wsa}"><a:Address>http://evil.example/</a:Address></a:FaultTo>`,
  /another address/,
);
test(
  'an anonymous ReplyTo is where replies go anyway',
  headers,
  `<a:ReplyTo xmlns:a="${wsa}"><a:Address>${wsa}/anonymous</a:Address></a:ReplyTo>`,
  null,
);
