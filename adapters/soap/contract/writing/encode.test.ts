import test from 'ava';
import { readFile } from 'node:fs/promises';
import { AdapterError } from '../../../errors.ts';
import { decodeReply, decodeRequest, encodeReply, encodeRequest } from '../codec.ts';
import { wcf } from '../dialect.ts';
import { envelopeNs } from '../xml/namespaces.ts';
import {
  goldenContract,
  loadOrders,
  loadShapes,
  operationOf as operation,
  ordersDataNs as data,
  ordersNs as ns,
} from '../../../../test/helpers/contracts.ts';
import { xmlForm } from '../../../../test/helpers/xml-form.ts';
import type { Json } from '../../../adapter.ts';
import type { SoapOperation } from '../contract.ts';

const orders = await loadOrders();
const shapes = await loadShapes();
const getOrder = operation(orders, 'GetOrder');
const placeOrder = operation(orders, 'PlaceOrder');
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

// Recorded from a WCF service on Mono with this contract.
test('a reply is what the real service sends for the same order', async (t) => {
  const recorded = await readFile(goldenContract('orders-split/order.recorded.xml'), 'utf8');
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
  'an unknown member beside those of xs:all',
  breach,
  { a: 1, b: 'x', c: null, d: 1 },
  /^\/d: a member/,
  operation(shapes, 'Choices'),
);
test('a bigint', breach, named({ Big: 5n as unknown as Json }), /^\/Big: a bigint/);

const choices = (json: Json): Buffer => encodeRequest(operation(shapes, 'Choices'), json, form);
test('of a choice exactly one branch is written', (t) => {
  t.regex(choices({ card: '1', voucher: [] }).toString(), /<card>1<\/card><\/Choices>/);
  t.regex(
    choices({ voucher: [1, 2], phone: null }).toString(),
    /<voucher>1<\/voucher><voucher>2<\/voucher><phone [^>]*i:nil="true"/,
  );
  t.throws(() => choices({ card: '1', iban: 2 }), { message: /card and iban; expected one of card, iban, voucher/ });
  t.throws(() => choices({ note: 'x' }), { message: /none of card, iban, voucher/ });
  t.throws(() => choices({ voucher: [] }), { message: /none of/ });
});

test('a type derived from a derived one may stand in, too', (t) => {
  const recursive = operation(shapes, 'Recursive');
  const ring = {
    $type: 'Ring',
    $attributes: { id: 3 },
    name: null,
    radius: 2,
    hole: { $type: 'Circle', name: 'c', radius: 1 },
  };
  const bytes = encodeReply(recursive, ring, form);
  t.regex(bytes.toString(), /<shape [^>]*i:type="\w+:Ring"[^>]* id="3">/);
  t.deepEqual(decodeReply(recursive, bytes, xml), { kind: 'value', json: ring });
  t.throws(() => encodeReply(recursive, { name: 'x' }, form), {
    message: /no \$type, but the type is abstract; expected Circle, Ring/,
  });
});

const marked = (json: Json): string =>
  encodeRequest(
    operation(shapes, 'Attributes'),
    { money: { $value: '1', $attributes: { currency: 'EUR' } }, marked: json },
    form,
  ).toString();
test('nil keeps the attributes that are required of it, or has none', (t) => {
  const at = '2024-01-01T00:00:00Z';
  t.regex(marked({ $nil: true, $attributes: { at } }), /<marked [^>]*i:nil="true" at="2024-01-01T00:00:00Z"\/>/);
  const bare = marked(null);
  t.regex(bare, /<marked [^>]*i:nil="true"\/>/);
  t.like(decodeRequest(operation(shapes, 'Attributes'), Buffer.from(bare), xml), { input: { marked: null } });
  t.throws(() => marked({ $nil: true }), { message: /\/marked\/\$attributes\/at: missing, but required/ });
  t.throws(() => marked({ $nil: true, $attributes: { at }, x: 1 }), { message: /\/marked\/x: a member/ });
  t.throws(() => marked({ $attributes: { at, to: 'x' } }), { message: /\/marked\/\$attributes\/to: / });
  t.throws(() => marked({ x: 1 }), { message: /\/marked\/\$attributes\/at: missing/ });
});

const facets = (json: Record<string, Json>): string =>
  encodeRequest(operation(shapes, 'Facets'), { code: 'AB1-x', price: '1', ...json }, form).toString();
test('facets are checked by value', (t) => {
  t.regex(facets({ level: 3, price: '0009999.9900' }), /<price>0009999\.9900<\/price><level>3</);
  t.throws(() => facets({ level: 2 }), { message: /\/level: .*expected one of: 1, 3/ });
  t.throws(() => facets({ price: '10000' }), { message: /\/price: .*less than 10000/ });
  t.throws(() => facets({ price: '-0.01' }), { message: /\/price: .*at least 0/ });
  t.throws(() => facets({ short: ['abc', 'abcd'] }), { message: /\/short\/1: length 4; expected at most 3/ });
  t.throws(() => facets({ short: ['a', 'b', 'c', 'd'] }), { message: /\/short: 4 items; expected 0 to 3/ });
  t.throws(() => facets({ version: '3' }), { message: /\/version: .*expected one of: 2/ });
});

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
