// Rows C8–C14 of the wire checklist in docs/reference/wire-payload.md: how values are spelt, and that none of them changes on its way.
import {
  basketsNs,
  catalogNs,
  echo,
  echoed,
  find,
  get,
  got,
  item,
  showRows,
  systemNs,
  arraysNs,
  type Row,
} from './payload-rows.ts';

/** A reply with this member alone, for this text of modern's answer. */
const reply = (id: string, member: string, json: string, text: string): Row => ({
  id,
  says: `${member}: modern’s ${json} is written as ${text}`,
  operation: 'GetScalars',
  content: get('Scalars'),
  answer: `{"${member}":${json}}`,
  replied: got('Scalars', `<d:${member}>${text}</d:${member}>`),
  written: new RegExp(`>${text.replaceAll(/[.+?]/g, '\\$&')}</`),
});
/** An answer that no client may see. */
const breach = (id: string, member: string, json: string): Row => ({
  id,
  says: `${member}: modern’s ${json} is its failure, and legacy answers`,
  operation: 'GetNullables',
  content: get('Nullables'),
  answer: `{"${member}":${json}}`,
  replied: null,
});
/** A request with this member alone; undefined: it is for legacy. */
const request = (id: string, member: string, text: string, json?: unknown): Row => ({
  id,
  says:
    json === undefined
      ? `${member}: a client’s ${text} is for legacy to judge`
      : `${member}: a client’s ${text} reaches modern as ${JSON.stringify(json)}`,
  operation: 'EchoNullables',
  content: echo('Nullables', `<d:${member}>${text}</d:${member}>`),
  asked: json === undefined ? null : { value: { [member]: json } },
  answer: '{}',
  replied: json === undefined ? null : echoed('Nullables', ''),
});

const numbers: readonly Row[] = [
  ...['1.10', '100.00', '-0.50', '79228162514264337593543950335', '0.0000000000000000000000000001'].flatMap((text) => [
    reply('C8', 'Decimal', `"${text}"`, text),
    request('C8', 'Decimal', text, text),
  ]),
  reply('C8', 'Decimal', '12.5', '12.5'),
  ...['"1.1E2"', '"1,10"', '"1.1.0"', '" "', 'true'].map((json) => breach('C8', 'Decimal', json)),
  request('C8', 'Decimal', '1.1E2'),
  request('C8', 'Decimal', '1,10'),
  ...['9223372036854775807', '-9223372036854775808', '9007199254740993'].flatMap((text) => [
    reply('C9', 'Long', `"${text}"`, text),
    reply('C9', 'Long', text, text),
    request('C9', 'Long', text, text),
  ]),
  reply('C9', 'UnsignedLong', '"18446744073709551615"', '18446744073709551615'),
  ...['"9223372036854775808"', '9223372036854775808', '9223372036854776000', '1.5', '"1e3"'].map((json) =>
    breach('C9', 'Long', json),
  ),
  breach('C9', 'Int', '2147483648'),
  request('C9', 'Long', '9223372036854775808'),
];

const times: readonly Row[] = [
  ...[
    '2024-03-10T12:34:56.1234567Z',
    '2024-07-01T00:00:00+02:00',
    '1970-01-01T00:00:00',
    '9999-12-31T23:59:59.9999999',
    '2024-01-01T00:00:00.10',
  ].flatMap((text) => [reply('C10', 'DateTime', `"${text}"`, text), request('C10', 'DateTime', text, text)]),
  ...['""', '"Sun Mar 10 2024 12:34:56 GMT+0000"', '"2024-03-10"', '1710074096000', '"2024-02-30T00:00:00"'].map(
    (json) => breach('C10', 'DateTime', json),
  ),
  request('C10', 'DateTime', '10.03.2024'),
];

const others: readonly Row[] = [
  ...['P1DT2H3M4.005S', '-P10675199DT2H48M5.4775808S', 'PT0S'].flatMap((text) => [
    reply('C11', 'TimeSpan', `"${text}"`, text),
    request('C11', 'TimeSpan', text, text),
  ]),
  reply('C11', 'Guid', '"0f8fad5b-d9cb-469f-a165-70867728950e"', '0f8fad5b-d9cb-469f-a165-70867728950e'),
  breach('C11', 'Guid', '"{0f8fad5b-d9cb-469f-a165-70867728950e}"'),
  reply('C11', 'Char', '65', '65'),
  breach('C11', 'Char', '"A"'),
  ...['INF', '-INF', 'NaN'].flatMap((text) => [
    reply('C11', 'Double', `"${text}"`, text),
    request('C11', 'Double', text, text),
  ]),
  breach('C11', 'Double', '"Infinity"'),
  reply('C11', 'Uri', '"http://contoso.example/a?b=c&d=e%20f#g"', 'http://contoso.example/a?b=c&amp;d=e%20f#g'),
  reply('C11', 'Bytes', '"AAECAw=="', 'AAECAw=='),
  {
    id: 'C11',
    says: 'a DateTimeOffset is its time and minutes, in the namespace of System',
    operation: 'EchoScalars',
    content: echo(
      'Scalars',
      `<d:DateTimeOffset xmlns:y="${systemNs}"><y:DateTime>2024-03-10T18:04:56Z</y:DateTime><y:OffsetMinutes>-330</y:OffsetMinutes></d:DateTimeOffset>`,
    ),
    asked: { value: { DateTimeOffset: { DateTime: '2024-03-10T18:04:56Z', OffsetMinutes: -330 } } },
    answer: '{"DateTimeOffset":{"OffsetMinutes":840,"DateTime":"1969-12-31T09:59:59Z"}}',
    replied: echoed(
      'Scalars',
      `<d:DateTimeOffset xmlns:y="${systemNs}"><y:DateTime>1969-12-31T09:59:59Z</y:DateTime><y:OffsetMinutes>840</y:OffsetMinutes></d:DateTimeOffset>`,
    ),
  },
  {
    id: 'C11',
    says: 'flags are a list of their names',
    operation: 'EchoNullables',
    content: echo('Nullables', '<d:Marks>New Heavy</d:Marks>'),
    asked: { value: { Marks: ['New', 'Heavy'] } },
    answer: '{"Marks":["Sale","New"]}',
    replied: echoed('Nullables', '<d:Marks>Sale New</d:Marks>'),
  },
  {
    id: 'C12',
    says: 'an enumeration is its name on the wire, both ways',
    operation: 'EchoNullables',
    content: echo('Nullables', '<d:Colour>dark-blue</d:Colour>'),
    asked: { value: { Colour: 'dark-blue' } },
    answer: '{"Colour":"Grün"}',
    replied: echoed('Nullables', '<d:Colour>Grün</d:Colour>'),
  },
  ...['7', '"7"', '"Mauve"', '"red"', '""'].map((json) => breach('C12', 'Colour', json)),
  request('C12', 'Colour', '7'),
  request('C12', 'Colour', 'Mauve'),
  ...(['true', 'false'] as const).flatMap((text) => [
    reply('C13', 'Bool', text, text),
    request('C13', 'Bool', text, text === 'true'),
    request('C13', 'Bool', text === 'true' ? '1' : '0', text === 'true'),
  ]),
  ...['"true"', '1', '0', '"yes"'].map((json) => breach('C13', 'Bool', json)),
  request('C13', 'Bool', 'True'),
];

const a = (content: string): string => `<a:string xmlns:a="${arraysNs}">${content}</a:string>`;
const strings: readonly Row[] = [
  {
    id: 'C14',
    says: 'blanks of a text are kept, and a carriage return is spelt out',
    operation: 'EchoTexts',
    content: echo('Texts', `${a(' x ')}${a('a&#xD;&#xA;b')}${a('c\r\nd')}${a('\t')}`),
    asked: { value: [' x ', 'a\r\nb', 'c\nd', '\t'] },
    answer: String.raw`["  x ","a\r\nb","\t","]]>","<&>"]`,
    replied: echoed('Texts', ['  x ', 'a&#xD;&#xA;b', '\t', ']]&gt;', '&lt;&amp;&gt;'].map(a).join('')),
    written: />a&#xD;\nb</i,
  },
  {
    id: 'C14',
    says: 'of an attribute, so are tab and line feed',
    at: 'baskets',
    operation: 'GetBasket',
    content: `<GetBasket xmlns="${basketsNs}"><row>1</row></GetBasket>`,
    asked: { row: 1 },
    answer: String.raw`{"$attributes":{"Day":"2024-03-10","Marks":["New"]},"Line":[{"$attributes":{"Sku":" a\tb\nc\rd"},"$value":"x"}],"Weight":null,"Remark":null,"At":"00:00:00Z","When":"0001-01-01T00:00:00","Score":0,"Ratio":0,"Letter":0,"Key":"00000000-0000-0000-0000-000000000000","Big":"0","Small":0,"Size":"Small"}`,
    replied: `<GetBasketResponse xmlns="${basketsNs}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><GetBasketResult Day="2024-03-10" Marks="New"><Line Sku=" a&#x9;b&#xA;c&#xD;d">x</Line><Weight i:nil="true"/><Remark i:nil="true"/><At>00:00:00Z</At><When>0001-01-01T00:00:00</When><Score>0</Score><Ratio>0</Ratio><Letter>0</Letter><Key>00000000-0000-0000-0000-000000000000</Key><Big>0</Big><Small>0</Small><Size>Small</Size></GetBasketResult></GetBasketResponse>`,
    written: / Sku=" a&#x9;b&#xA;c&#xD;d"/i,
  },
  ...[
    String.raw`"\u0000"`,
    String.raw`"\u001b"`,
    String.raw`"\ud800"`,
    String.raw`"\udc00\ud800"`,
    String.raw`"\uffff"`,
  ].map((json): Row => ({
    id: 'C14',
    says: `modern’s ${json} cannot be said in XML: it is its failure, and legacy answers`,
    operation: 'Find',
    content: find,
    answer: `{"Sku":${json}}`,
    replied: null,
  })),
  {
    id: 'C14',
    says: 'characters beyond the basic plane, and those that look like markup of ours, arrive',
    operation: 'Find',
    content: `<Find xmlns="${catalogNs}"><what>😀<![CDATA[<a>]]>&#x1F600;</what></Find>`,
    asked: { what: '😀<a>😀' },
    answer: '{"Sku":"株式会社 \u{1F600}<![CDATA[x]]>","Price":"1"}',
    replied: item('<d:Price>1</d:Price><d:Sku>株式会社 \u{1F600}&lt;![CDATA[x]]&gt;</d:Sku>'),
  },
];

showRows([...numbers, ...times, ...others, ...strings]);
