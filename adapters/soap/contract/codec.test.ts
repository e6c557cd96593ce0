import test from 'ava';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdapterError, RequestError } from '../../errors.ts';
import { decodeReply, decodeRequest, encodeFault, encodeReply, encodeRequest } from './codec.ts';
import { loadContract } from './contract.ts';
import { wcf } from './dialect.ts';
import { envelopeNs } from './namespaces.ts';
import { xmlForm } from '../../../test/helpers/xml-form.ts';
import type { SoapContract, SoapOperation } from './contract.ts';
import type { SoapVersion } from './namespaces.ts';
import type { Json } from '../../adapter.ts';

const golden = (name: string): string => join(import.meta.dirname, '../../../test/golden/contracts', name);
const orders = await loadContract(golden('orders-split/OrderService.wsdl'));
const shapes = await loadContract(golden('shapes.wsdl'));
const ns = 'http://contoso.example/orders';
const data = 'http://schemas.datacontract.org/2004/07/Contoso.Orders';

const operation = (contract: SoapContract, name: string): SoapOperation => {
  const found = contract.operations.get(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};
const getOrder = operation(orders, 'GetOrder');
const placeOrder = operation(orders, 'PlaceOrder');
const scalars = operation(shapes, 'Scalars');
const form = { version: '1.1', dialect: wcf } as const;
const xml = 'text/xml; charset=utf-8';

const order = {
  Amount: '1.10',
  Big: '9223372036854775807',
  Created: '2024-03-10T12:34:56.1234567Z',
  Customer: { $type: 'Person', Alias: null, Code: 'C1', Age: 41 },
  Flags: ['Urgent', 'Gift'],
  Id: '0f8fad5b-d9cb-469f-a165-70867728950e',
  Initial: 65,
  Kind: 'Wholesale',
  Lines: [{ Price: '1234567890123456.1234567890', Quantity: 2, Sku: 'n & <x>' }, null],
  Maybe: null,
  Name: '',
  Ratio: 0.5,
  Scan: 'AQID',
  Span: 'P1DT2H3M4.005S',
  Tags: ['a', null, ''],
  Urgent: true,
};

const soap = (
  body: string,
  { version = '1.1', header = '' }: { version?: SoapVersion; header?: string } = {},
): string =>
  `<e:Envelope xmlns:e="${envelopeNs[version]}"><e:Header>${header}</e:Header><e:Body>${body}</e:Body></e:Envelope>`;
const asks = (members: string): string => soap(`<GetOrder xmlns="${ns}">${members}</GetOrder>`);
const decode = (text: string, type = xml, of = getOrder) => decodeRequest(of, Buffer.from(text), type);

// Recorded from a WCF service on Mono with this contract.
test('a reply is what the real service sends for the same order', async (t) => {
  const recorded = await readFile(golden('orders-split/order.recorded.xml'), 'utf8');
  t.is(xmlForm(encodeReply(getOrder, order, form).toString()), xmlForm(recorded));
  t.deepEqual(decodeReply(getOrder, Buffer.from(recorded), xml), { kind: 'value', json: order });
});

test('a reply is written with the prefixes and declarations of the dialect', (t) => {
  const text = encodeReply(getOrder, { Name: 'x', Tags: ['a'] }, form).toString();
  t.is(
    text,
    `<s:Envelope xmlns:s="${envelopeNs['1.1']}"><s:Body><GetOrderResponse xmlns="${ns}">` +
      `<GetOrderResult xmlns:a="${data}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><a:Name>x</a:Name>` +
      '<a:Tags xmlns:b="http://schemas.microsoft.com/2003/10/Serialization/Arrays"><b:string>a</b:string></a:Tags>' +
      '</GetOrderResult></GetOrderResponse></s:Body></s:Envelope>',
  );
  const declared = encodeReply(
    getOrder,
    { Name: null },
    { ...form, dialect: { ...wcf, envelopePrefix: 'soap', declaration: true } },
  );
  t.true(declared.toString().startsWith('<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap='));
});

test('members are written in the order of the schema, whatever order they come in', (t) => {
  const shuffled = Object.fromEntries(Object.entries(order).toReversed());
  t.deepEqual(encodeReply(getOrder, shuffled, form), encodeReply(getOrder, order, form));
});

const replied = (json: Json): string => encodeReply(getOrder, json, form).toString();

test('nil, absent and empty are three things', (t) => {
  t.regex(replied({ Name: null }), /<a:Name i:nil="true"\/><\/GetOrderResult>/);
  t.regex(replied({ Name: '' }), /<a:Name\/><\/GetOrderResult>/);
  t.notRegex(replied({ Name: '' }), /Lines/);
  t.regex(replied({ Name: '', Lines: null }), /<a:Lines i:nil="true"\/>/);
  t.regex(replied({ Name: '', Lines: [] }), /<a:Lines\/>/);
  t.regex(replied(null), /<GetOrderResult [^>]*i:nil="true"\/>/);
  t.regex(replied({ $absent: true }), /<GetOrderResponse xmlns="[^"]*"\/>/);
});

test('the answer is the single member of the response, `result` where that is no object', (t) => {
  t.regex(
    encodeReply(placeOrder, { result: '9007199254740993' }, form).toString(),
    /<PlaceOrderResult>9007199254740993<\/PlaceOrderResult>/,
  );
  const list = encodeReply(operation(orders, 'ListOrders'), [{ Name: 'a' }, null], form).toString();
  t.regex(list, /<a:Order><a:Name>a<\/a:Name><\/a:Order><a:Order i:nil="true"\/><\/ListOrdersResult>/);
  for (const empty of [{}, null])
    t.regex(encodeReply(operation(orders, 'Ping'), empty, form).toString(), /<PingResponse xmlns="[^"]*"\/>/);
});

const written = test.macro({
  exec: (t, json: Json, of: SoapOperation, text: RegExp) => t.regex(encodeReply(of, json, form).toString(), text),
  title: (name = '') => `written: ${name}`,
});
const named = (json: Record<string, Json>): Json => ({ Name: 'x', ...json });
test('a safe integer for a long', written, named({ Big: 42 }), getOrder, /<a:Big>42<\/a:Big>/);
test(
  'a number for a decimal, if its shortest form is one',
  written,
  named({ Amount: 110.5 }),
  getOrder,
  /<a:Amount>110\.5</,
);
test(
  'a GUID in lower case',
  written,
  named({ Id: '0F8FAD5B-D9CB-469F-A165-70867728950E' }),
  getOrder,
  /<a:Id>0f8fad5b-/,
);
test('a carriage return as a reference', written, { Name: 'a\r\nb' }, getOrder, /<a:Name>a&#xD;\nb<\/a:Name>/);
test(
  'markup as text',
  written,
  { Name: '<![CDATA[x]]></a:Name><a:Admin>' },
  getOrder,
  /&lt;!\[CDATA\[x\]\]&gt;&lt;\/a:Name&gt;/,
);
test('characters beyond the first plane', written, { Name: '😀' }, getOrder, /<a:Name>😀<\/a:Name>/);
test(
  'a member that is undefined as one that is not there',
  written,
  { Name: 'x', Big: undefined } as never,
  getOrder,
  /<a:Name>x<\/a:Name><\/GetOrderResult>/,
);

const breach = test.macro({
  exec: (t, json: Json, message: RegExp, of: SoapOperation = getOrder) => {
    const error = t.throws(() => encodeReply(of, json, form), { instanceOf: AdapterError, code: 'ERR_CONTRACT' });
    t.regex(error?.message ?? '', message);
  },
  title: (name = '') => `an answer does not fit: ${name}`,
});
test('an unknown member', breach, { Name: 'x', Foo: 1 }, /^\/Foo: a member that the schema does not have/);
test('an unknown member deep inside', breach, { Name: 'x', Lines: [{}, { $xml: '<x/>' }] }, /^\/Lines\/1\/\$xml: /);
test('a required member that is missing', breach, {}, /^\/Name: missing, but required/);
test(
  'a decimal with an exponent',
  breach,
  named({ Lines: [{}, {}, {}, { Price: '1e5' }] }),
  /^\/Lines\/3\/Price: a string of 3 characters; expected a decimal/,
);
test('a number whose shortest form has an exponent', breach, named({ Amount: 1e-7 }), /^\/Amount: the number 1e-7/);
test(
  'a decimal number past the safe integers',
  breach,
  named({ Amount: 2 ** 53 }),
  /^\/Amount: .* may have been rounded/,
);
test('a long that was rounded on its way', breach, named({ Big: 2 ** 63 }), /^\/Big: .* may have been rounded/);
test('a long out of range', breach, named({ Big: '9223372036854775808' }), /^\/Big: .*xs:long/);
test('an int out of range', breach, named({ Maybe: 2_147_483_648 }), /^\/Maybe: /);
test('an int as a string', breach, named({ Maybe: '5' }), /^\/Maybe: /);
test('a fraction for an int', breach, named({ Maybe: 1.5 }), /^\/Maybe: /);
test(
  'null where the element is not nillable',
  breach,
  named({ Big: null }),
  /^\/Big: null, but the element is not nillable/,
);
test('an enum by number', breach, named({ Kind: 1 }), /^\/Kind: /);
test('an enum by another name', breach, named({ Kind: 'retail' }), /^\/Kind: .*Retail, Wholesale/);
test('a flag that is not listed', breach, named({ Flags: ['Gift', 'Free'] }), /^\/Flags\/1: .*Urgent, Gift/);
test('a date as JavaScript writes it', breach, named({ Created: 'Sun Mar 10 2024' }), /^\/Created: /);
test('the 30th of February', breach, named({ Created: '2024-02-30T00:00:00' }), /^\/Created: /);
test('a duration beyond what .NET holds', breach, named({ Span: 'P10675200D' }), /^\/Span: /);
test('base64 that is none', breach, named({ Scan: 'AQI' }), /^\/Scan: /);
test('a boolean as a string', breach, named({ Urgent: 'true' }), /^\/Urgent: /);
test('a list where an object belongs', breach, [], /a list of 0; expected an object/);
test('an object where a list belongs', breach, named({ Lines: {} }), /^\/Lines: an object; expected a list/);
test('a control character', breach, { Name: 'a\0b' }, /^\/Name: the character U\+0000 at 1/);
test('half a surrogate pair', breach, { Name: 'a\ud800' }, /^\/Name: the character U\+D800/);
test(
  'a type that is not derived',
  breach,
  named({ Customer: { $type: 'Order', Code: '' } }),
  /^\/Customer\/\$type: .*Customer, Person/,
);
test('$type where there is nothing to choose', breach, { $type: 'Order', Name: 'x' }, /^\/\$type: a member/);
test(
  'a member named __proto__',
  breach,
  JSON.parse('{"Name":"x","__proto__":{"Big":"1"}}') as Json,
  /^\/__proto__: a member/,
);
test('only members that are its own', breach, Object.create({ Name: 'x' }) as Json, /^\/Name: missing/);
test('a scalar without its name', breach, '5', /expected an object/, placeOrder);
test('a scalar of the wrong kind', breach, { result: 'five' }, /^\/result: /, placeOrder);
test(
  'two branches of a choice',
  breach,
  { a: 1, b: 'x', c: null, d: 1 },
  /^\/d: a member/,
  operation(shapes, 'Choices'),
);
test('a bigint', breach, named({ Big: 5n as unknown as Json }), /^\/Big: a bigint/);

test('a value that contains itself is refused, not followed for ever', (t) => {
  const node: { value: string; next?: unknown } = { value: 'x' };
  node.next = node;
  const error = t.throws(() => encodeRequest(operation(shapes, 'Recursive'), { root: node } as Json, form), {
    code: 'ERR_CONTRACT',
  });
  t.regex(error?.message ?? '', /deeper than 120 levels/);
});

test('messages never show the text of a value', (t) => {
  const error = t.throws(() => encodeReply(getOrder, named({ Amount: 'hunter2', Kind: 'hunter2' }), form));
  t.notRegex(error?.message ?? '', /hunter2/);
});

test('a request is decoded in its version, whatever the prefixes, comments and CDATA', (t) => {
  const body = `<q:GetOrder xmlns:q='${ns}'>\n <q:orderId>90071<!-- x -->9925<![CDATA[474]]>0993</q:orderId>\n</q:GetOrder>`;
  t.deepEqual(decode(soap(body)).input, { orderId: '9007199254740993' });
  t.is(decode(soap(body, { version: '1.2' }), 'application/soap+xml; action="x"').version, '1.2');
});

const encodings = test.macro({
  exec: (t, bytes: Buffer, type: string) => {
    const list = operation(orders, 'ListOrders');
    t.deepEqual(decodeRequest(list, bytes, type).input, { customer: 'é' });
  },
  title: (name = '') => `a request is read in ${name}`,
});
const list = (declaration = ''): string =>
  declaration + soap(`<ListOrders xmlns="${ns}"><customer>é</customer></ListOrders>`);
test('UTF-8', encodings, Buffer.from(list()), xml);
test('UTF-8 with a mark', encodings, Buffer.from(`\ufeff${list()}`), xml);
test('UTF-16 with a mark', encodings, Buffer.from(`\ufeff${list()}`, 'utf16le'), 'text/xml; charset=utf-16');
test(
  'UTF-16 without a mark, big end first',
  encodings,
  Buffer.from(list(), 'utf16le').swap16(),
  'text/xml; charset="UTF-16"',
);
test('Latin-1 by its content type', encodings, Buffer.from(list(), 'latin1'), 'text/xml; charset=ISO-8859-1');
test(
  'Latin-1 by its declaration',
  encodings,
  Buffer.from(list('<?xml version="1.0" encoding="iso-8859-1"?>'), 'latin1'),
  'text/xml',
);

const misfit = test.macro({
  exec: (
    t,
    text: string | Buffer,
    path: string,
    message: RegExp,
    { type = xml, of = getOrder }: { type?: string; of?: SoapOperation } = {},
  ) => {
    const error = t.throws(() => decodeRequest(of, Buffer.from(text as string), type), { instanceOf: RequestError });
    t.is(error?.path, path);
    t.regex(error?.message ?? '', message);
  },
  title: (name = '') => `a request does not fit: ${name}`,
});
test('a long that is none', misfit, asks('<orderId>x</orderId>'), '/orderId', /xs:long/);
test('an empty long', misfit, asks('<orderId/>'), '/orderId', /an empty string/);
test(
  'a member in another namespace',
  misfit,
  asks('<orderId xmlns="urn:x">1</orderId>'),
  '',
  /\{urn:x\}orderId, which is not expected/,
);
test('a member twice', misfit, asks('<orderId>1</orderId><orderId>2</orderId>'), '', /twice/);
test('an unknown member', misfit, asks('<toString>1</toString>'), '', /toString, which is not expected/);
test('an attribute that is not declared', misfit, asks('<orderId a="1">1</orderId>'), '/orderId', /the attribute a/);
test('text between members', misfit, asks('x<orderId>1</orderId>'), '', /text between elements/);
test('an element in a number', misfit, asks('<orderId>1<b/></orderId>'), '/orderId', /the element b in a value/);
test(
  'nil where it may not be',
  misfit,
  asks('<orderId i:nil="true" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"/>'),
  '/orderId',
  /not nillable/,
);
test(
  'a type of another kind',
  misfit,
  asks(
    '<orderId i:type="x:string" xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">1</orderId>',
  ),
  '/orderId',
  /not derived/,
);
test(
  'members out of order',
  misfit,
  soap(`<ListOrders xmlns="${ns}"><kind>Retail</kind><customer>a</customer></ListOrders>`),
  '',
  /customer, out of order/,
  { of: operation(orders, 'ListOrders') },
);
test(
  'a required member that is missing',
  misfit,
  soap(`<PlaceOrder xmlns="${ns}"><order/></PlaceOrder>`),
  '/order',
  /no element Name, which is required/,
  { of: placeOrder },
);
test(
  'both branches of a choice',
  misfit,
  soap('<Choices xmlns="urn:shapes"><card>1</card><iban>2</iban></Choices>'),
  '',
  /both card and iban/,
  { of: operation(shapes, 'Choices') },
);
test(
  'no branch of a choice',
  misfit,
  soap('<Choices xmlns="urn:shapes"><note>1</note></Choices>'),
  '',
  /none of card, iban, voucher/,
  { of: operation(shapes, 'Choices') },
);
test(
  'an abstract type',
  misfit,
  soap('<Recursive xmlns="urn:shapes"><root><value/></root><shapes><name/></shapes></Recursive>'),
  '/shapes/0',
  /abstract/,
  { of: operation(shapes, 'Recursive') },
);
test(
  'a pattern',
  misfit,
  soap('<Facets xmlns="urn:shapes"><code>ab1-x</code><price>1</price></Facets>'),
  '/code',
  /pattern/,
  { of: operation(shapes, 'Facets') },
);
test(
  'too many digits',
  misfit,
  soap('<Facets xmlns="urn:shapes"><code>AB1-x</code><price>1.234</price></Facets>'),
  '/price',
  /decimal places/,
  { of: operation(shapes, 'Facets') },
);
test('another operation', misfit, soap(`<Ping xmlns="${ns}"/>`), '', /expected \{.*\}GetOrder/);
test('an empty Body', misfit, soap(''), '', /an empty Body/);
test('two elements in the Body', misfit, soap(`<GetOrder xmlns="${ns}"/><GetOrder xmlns="${ns}"/>`), '', /2 elements/);
test(
  'a fake Body in the Header',
  misfit,
  `<e:Envelope xmlns:e="${envelopeNs['1.1']}"><e:Header><e:Body><GetOrder xmlns="${ns}"/></e:Body></e:Header></e:Envelope>`,
  '',
  /no Body/,
);
test('an envelope that is cut', misfit, asks('').slice(0, -9), '', /not well-formed/);
test(
  'an envelope of another version than its content type',
  misfit,
  asks(''),
  '',
  /SOAP 1\.1 with the content type of 1\.2/,
  { type: 'application/soap+xml' },
);
test('a content type that is no SOAP', misfit, asks(''), '', /application\/json/, { type: 'application/json' });
test('encodings that disagree', misfit, `<?xml version="1.0" encoding="iso-8859-1"?>${asks('')}`, '', /disagree/);
test(
  'bytes that are no UTF-8',
  misfit,
  Buffer.concat([Buffer.from(asks('').slice(0, -14)), Buffer.from([0xc0, 0xaf])]),
  '',
  /not utf-8/,
);
test('130 levels', misfit, soap('<a>'.repeat(130)), '', /deeper than 128/);
test(
  '300 attributes on one element',
  misfit,
  soap(`<a ${Array.from({ length: 300 }, (_, at) => `a${at}=""`).join(' ')}/>`),
  '',
  /over 256 attributes/,
);

test('a DOCTYPE is refused for good: no destination may see it', (t) => {
  const error = t.throws(() => decode(`<!DOCTYPE a [<!ENTITY b "c">]>${asks('')}`), {
    instanceOf: AdapterError,
    code: 'ERR_REFUSED',
  });
  t.false(error instanceof RequestError);
});

test('members with the names of built-ins are members like any other', (t) => {
  const strange = operation(shapes, 'Strange');
  const text = soap(
    '<Strange xmlns="urn:shapes"><__proto__>a</__proto__><toString>b</toString><constructor>1</constructor></Strange>',
  );
  const { input } = decodeRequest(strange, Buffer.from(text), xml);
  t.is(JSON.stringify(input), '{"__proto__":"a","toString":"b","constructor":[1]}');
  t.is(Object.getPrototypeOf(input), Object.prototype);
});

test('numbers and booleans are read in every spelling, and written in one', (t) => {
  const body =
    '<Scalars xmlns="urn:shapes"><string> x </string><boolean> 1 </boolean><int> +007 </int><long> 007 </long><decimal> +1.10 </decimal></Scalars>';
  const { input } = decodeRequest(scalars, Buffer.from(soap(body)), xml);
  t.deepEqual(input, { string: ' x ', boolean: true, int: 7, long: '007', decimal: '+1.10' });
});

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
