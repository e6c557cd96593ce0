// Rows B5, B7, B8, B11–B19 of docs/reference/wire.md: what a JSON handler's answers become, in the legacy's own way of writing.
import test, { type ExecutionContext } from 'ava';
import { catalog } from '../helpers/catalog.ts';
import { actionOf, envelope, find, header, lines, replyIn, request, reply, type Version } from './messages.ts';
import { operations, rows, type Canned } from './rig.ts';

const dialects = ['wcf', 'asmx', 'jax-ws'] as const;
type Dialect = (typeof dialects)[number];
const { row, wire } = rows({
  destinations: dialects
    .map((name) => `  old-${name}: { adapter: soap, url: '{url}', wsdl: '${catalog.wsdl}', dialect: ${name} }\n`)
    .concat(`  handlers: { adapter: handler, module: '${catalog.handlers}' }\n`)
    .concat(`  new: { adapter: soap, url: '{url}', wsdl: '${catalog.wsdl}' }`)
    .join(''),
  routes: dialects
    .map(
      (name) =>
        `  ${name}: { match: { path: /${name}/** }, protocol: soap, legacy: old-${name}, modern: handlers, weight: 100, fallback: off, operations: ${operations(100)} }\n`,
    )
    .concat(
      `  relayed: { match: { path: /relayed/** }, protocol: soap, legacy: old, modern: new, fallback: off, operations: ${operations(100)} }`,
    )
    .join(''),
});

const typeOf = { '1.1': 'text/xml; charset=utf-8', '1.2': 'application/soap+xml; charset=utf-8' } as const;
interface Asking {
  readonly version?: Version;
  readonly operation?: string;
  readonly body: string;
  readonly answer?: Canned;
}
const answered = async (
  t: ExecutionContext,
  target: string,
  { version = '1.1', operation = 'Find', body, answer = {} }: Asking,
) => {
  wire().answer(answer);
  const before = wire().asked.length;
  const client = wire().client(t);
  const more = version === '1.1' ? [`SOAPAction: "${actionOf(operation)}"`] : [];
  client.send(request({ target, lines: [`Content-Type: ${typeOf[version]}`, ...more], body }));
  const text = await client.until((soFar) => replyIn(soFar, { isHead: false, ended: false })?.whole === true);
  const down = replyIn(text, { isHead: false, ended: client.ended });
  if (down === null) throw new Error(`no reply but ${JSON.stringify(text)}`);
  return { ...down, asked: wire().asked.slice(before) };
};

const envelopeOf = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;
const ways = {
  wcf: {
    s: 's',
    declaration: '',
    lang: ' xml:lang="en-US"',
    codes: { '1.1': 'Client', '1.2': 'Sender' },
    semicolon: '; ',
  },
  asmx: {
    s: 'soap',
    declaration: '<?xml version="1.0" encoding="utf-8"?>',
    lang: '',
    codes: { '1.1': 'Server', '1.2': 'Receiver' },
    semicolon: '; ',
  },
  'jax-ws': {
    s: 'S',
    declaration: '<?xml version="1.0" encoding="utf-8"?>',
    lang: '',
    codes: { '1.1': 'Server', '1.2': 'Receiver' },
    semicolon: ';',
  },
} as const;
const data =
  'xmlns="http://schemas.datacontract.org/2004/07/Contoso.Catalog" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
const details = {
  missing: ['Not found: \xc3\xa9.', `<MissingFault ${data}><What>&lt;none&gt; &amp; "nothing"</What></MissingFault>`],
  strange: [
    'Strange.',
    '<Strange.Fault-1 xmlns="urn:contoso:strange" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><an-odd_name.1>9223372036854775807</an-odd_name.1></Strange.Fault-1>',
  ],
} as const;

const written = (dialect: Dialect, version: Version, [message, detail]: readonly [string, string]): string => {
  const { s, declaration, lang, codes } = ways[dialect];
  const code = `${s}:${codes[version]}`;
  const fault =
    version === '1.1'
      ? `<faultcode>${code}</faultcode><faultstring${lang}>${message}</faultstring><detail>${detail}</detail>`
      : `<${s}:Code><${s}:Value>${code}</${s}:Value></${s}:Code><${s}:Reason><${s}:Text${lang === '' ? ' xml:lang="en"' : lang}>${message}</${s}:Text></${s}:Reason><${s}:Detail>${detail}</${s}:Detail>`;
  return `${declaration}<${s}:Envelope xmlns:${s}="${envelopeOf[version]}"><${s}:Body><${s}:Fault>${fault}</${s}:Fault></${s}:Body></${s}:Envelope>`;
};

for (const dialect of dialects)
  for (const version of ['1.1', '1.2'] as const) {
    const { s, semicolon } = ways[dialect];
    const type = typeOf[version].replace('; ', semicolon);
    for (const [what, told] of Object.entries(details))
      test.serial(
        `${version === '1.1' ? 'B11' : 'B15'} B13 B14 a fault that the contract declares (${what}) is written as ${dialect} writes it, in SOAP ${version}`,
        async (t) => {
          const { head, status, body } = await answered(t, `/${dialect}/a`, { version, body: find(what, version) });
          t.is(status, 500); // B7, B8
          t.is(header(head, 'content-type'), type);
          t.is(body, written(dialect, version, told));
        },
      );
    test.serial(
      `B5 B6 B19 a reply has the caller's type and no header blocks, as ${dialect} in SOAP ${version}`,
      async (t) => {
        const { head, status, body } = await answered(t, `/${dialect}/a`, { version, body: find('x', version) });
        t.is(status, 200);
        t.deepEqual(lines(head), [`Content-Type: ${type}`, `Content-Length: ${body.length}`]);
        t.true(
          body.startsWith(
            `${ways[dialect].declaration}<${s}:Envelope xmlns:${s}="${envelopeOf[version]}"><${s}:Body><FindResponse `,
          ),
          body,
        );
      },
    );
    test.serial(`B12 B13 B17 what fails without a word is a fault, as ${dialect} in SOAP ${version}`, async (t) => {
      const { head, status, body, asked } = await answered(t, `/${dialect}/a`, {
        version,
        body: find('undeclared', version),
      });
      t.is(status, 500);
      t.regex(
        header(head, 'content-type') ?? '',
        new RegExp(`^${typeOf[version].split(';', 1)[0]!.replace('+', '\\+')};`),
      );
      t.true(body.includes(`>${s}:${version === '1.1' ? 'Server' : 'Receiver'}<`), body);
      t.is(asked.length, 0);
    });
  }

const wsa = 'http://www.w3.org/2005/08/addressing';
test.serial('B19 not even a reply with addressing demands that it be understood', async (t) => {
  const blocks = `<a:Action xmlns:a="${wsa}" s:mustUnderstand="1">${actionOf('Find')}</a:Action><a:MessageID xmlns:a="${wsa}">urn:1</a:MessageID>`;
  const { status, body } = await answered(t, '/wcf/a', { version: '1.2', body: find('x', '1.2', blocks) });
  t.is(status, 200);
  t.regex(body, /RelatesTo[^>]*>urn:1</);
  t.notRegex(body, /mustUnderstand/);
});

const tell = envelope('<Tell xmlns="http://contoso.example/catalog"><text>x</text></Tell>');
test.serial('B16 a one-way call that a handler took is 202, without a body and without a type', async (t) => {
  const { head, status, body } = await answered(t, '/wcf/a', { operation: 'Tell', body: tell });
  t.is(status, 202);
  t.deepEqual(lines(head), ['Content-Length: 0']);
  t.is(body, '');
});

const empties = ['200 OK', '202 Accepted', '204 No Content'];
const empty = (status: string): string => reply('', [], status);
for (const status of empties) {
  row(`B16 legacy's empty ${status} goes back as it is`, async ({ t, kind, exchange }) => {
    const { down } = await exchange(
      request({
        target: `/${kind}/a`,
        lines: ['Content-Type: text/xml', `SOAPAction: "${actionOf('Tell')}"`],
        body: tell,
      }),
      { reply: empty(status) },
    );
    t.is(down.head.split('\r\n', 1)[0], `HTTP/1.1 ${status}`);
    t.is(down.body, '');
    t.is(header(down.head, 'content-type'), null);
  });
  test.serial(`B16 modern's empty ${status} to a one-way call goes back as it is`, async (t) => {
    const down = await answered(t, '/relayed/a', { operation: 'Tell', body: tell, answer: { reply: empty(status) } });
    t.is(down.head.split('\r\n', 1)[0], `HTTP/1.1 ${status}`);
  });
  test.serial(`B17 modern's empty ${status} where a reply is due is a fault`, async (t) => {
    for (const answer of [
      empty(status),
      ...(status.startsWith('204') ? [] : [`HTTP/1.1 ${status}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`]),
    ]) {
      const down = await answered(t, '/relayed/a', { body: find(), answer: { reply: answer } });
      t.is(down.status, 500);
      t.regex(down.body, /<faultcode>s:Server</);
    }
  });
}

const strange = (attributes: string): string => `<u:A xmlns:u="urn:u" ${attributes}/>`;
const demanding = find('x', '1.1', strange('s:mustUnderstand="1"'));
test.serial('B18 a header that must be understood, and is not, is for legacy to judge', async (t) => {
  const { body, asked } = await answered(t, '/wcf/a', { body: demanding, answer: { reply: reply('legacy') } });
  t.is(body, 'legacy');
  t.is(asked[0]?.body, demanding);
});
for (const [how, attributes] of [
  ['that need not be understood', 's:mustUnderstand="0"'],
  ['meant for somebody else', 's:actor="urn:somebody" s:mustUnderstand="1"'],
] as const)
  test.serial(`B20 a header ${how} keeps no handler from answering`, async (t) => {
    const { status, asked } = await answered(t, '/wcf/a', { body: find('x', '1.1', strange(attributes)) });
    t.is(status, 200);
    t.is(asked.length, 0);
  });
