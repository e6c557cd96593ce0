import test from 'ava';
import { gzipSync } from 'node:zlib';
import { AdapterError, RequestError } from '../../../errors.ts';
import { decodeRequest } from '../codec.ts';
import { envelopeNs } from '../xml/namespaces.ts';
import {
  enveloped as soap,
  loadOrders,
  loadShapes,
  operationOf as operation,
  ordersNs as ns,
} from '../../../../test/helpers/contracts.ts';
import type { DecodedRequest } from '../codec.ts';
import type { SoapOperation } from '../contract.ts';

const orders = await loadOrders();
const shapes = await loadShapes();
const getOrder = operation(orders, 'GetOrder');
const placeOrder = operation(orders, 'PlaceOrder');
const scalars = operation(shapes, 'Scalars');
const xml = 'text/xml; charset=utf-8';
const asks = (members: string): string => soap(`<GetOrder xmlns="${ns}">${members}</GetOrder>`);
const decode = (text: string, type = xml): DecodedRequest => decodeRequest(getOrder, Buffer.from(text), type);

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
test(
  'two elements in the Body',
  misfit,
  soap(`<GetOrder xmlns="${ns}"/><GetOrder xmlns="${ns}"/>`),
  '',
  /beside another in the Body/,
);
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
test('XML 1.1', misfit, `<?xml version="1.1"?>${asks('<orderId>1</orderId>')}`, '', /a declaration that is none/);
test('compressed bytes', misfit, gzipSync(asks('<orderId>1</orderId>')), '', /not utf-8/);
test(
  'an xop:Include, which is never followed',
  misfit,
  asks('<orderId><x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="file:///etc/passwd"/></orderId>'),
  '/orderId',
  /the element Include in a value that is text/,
);
test('130 levels', misfit, soap('', { header: '<a>'.repeat(130) }), '', /deeper than 128/);
test(
  '300 attributes on one element',
  misfit,
  soap(`<a ${Array.from({ length: 300 }, (_, at) => `a${at}=""`).join(' ')}/>`),
  '',
  /over 256 attributes/,
);

test(
  'an item too many',
  misfit,
  soap(`<Facets xmlns="urn:shapes"><code>AB1-x</code><price>1</price>${'<short>a</short>'.repeat(4)}</Facets>`),
  '/short',
  /4 items; expected 0 to 3/,
  { of: operation(shapes, 'Facets') },
);
test(
  'an attribute that the type does not have',
  misfit,
  soap('<Attributes xmlns="urn:shapes"><money currency="EUR" to="x">1</money></Attributes>'),
  '/money',
  /the attribute to, which the schema does not have/,
  { of: operation(shapes, 'Attributes') },
);
test(
  'a wrapper that is nil',
  misfit,
  soap(`<GetOrder xmlns="${ns}" i:nil="true" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"/>`),
  '',
  /not nillable/,
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
