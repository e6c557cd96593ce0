// Rows B1–B4, B18, B20 and F5 of docs/reference/wire.md: what a call says it asks for, how that is read, and that it goes on as it was said.
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/gateway.ts';
import { actionOf, envelope, find, header, lines, reply, request } from './messages.ts';
import { exchange, kinds, operations, patience, relayed, rows } from './rig.ts';

const told = `
  told: { match: { path: /told/** }, protocol: soap, legacy: old, modern: gone, cohort: ip, exclude: [127.0.0.1], decisionHeader: true, operations: ${operations(50)} }`;
const { row, wire } = rows({ routes: told });
const action = actionOf('Find');
const text = 'Content-Type: text/xml; charset=utf-8';

/** What the gateway took the call for: operation, side and reason. */
const taken = async (t: ExecutionContext, more: readonly string[], body: string): Promise<string> => {
  const { up, down } = await exchange(t, wire(), {
    request: request({ target: '/told/a', lines: more, body }),
    answer: { reply: reply('') },
  });
  t.deepEqual(lines(up.head, /^(?:via|host|content-length)$/i), more);
  t.is(up.body, body);
  const [, operation, side, reason] =
    /told\/(\w+); side=(\w+); reason=(\w+)/.exec(header(down.head, 'x-strangler-decision') ?? '') ?? [];
  return `${operation} ${side} ${reason}`;
};

const spellings = {
  quoted: [`SOAPAction: "${action}"`],
  unquoted: [`SOAPAction: ${action}`],
  empty: ['SOAPAction: ""'],
  absent: [],
  'percent-encoded': [`SOAPAction: "${action.replace('Find', '%46ind')}"`],
  'percent-encoded whole, unquoted': [`SOAPAction: ${encodeURIComponent(action)}`],
  'without a value': ['SOAPAction: '],
  'under another case of its name': [`soapaction: "${action}"`],
} as const;
for (const [how, more] of Object.entries(spellings)) {
  test.serial(`B1 an action ${how} leads to its operation`, async (t) => {
    t.is(await taken(t, [text, ...more], find()), 'Find legacy exclude');
  });
  row(
    `B2 an action ${how} goes on as it came`,
    async ({ t, kind, exchange: send }) => {
      const { up } = await send(request({ target: `/${kind}/a`, lines: [text, ...more] }), { reply: reply('') });
      const got = lines(up.head).filter((line) => /^soapaction:/i.test(line));
      if (kind === 'proxy')
        t.deepEqual(
          got.map((line) => line.slice(11)),
          more.map((line) => line.slice(11)),
        );
      else t.deepEqual(got, [...more]);
    },
    kinds,
  );
}
for (const [how, more] of [
  ['of another operation', [`SOAPAction: "${actionOf('Price')}"`]],
  ['that nobody knows', ['SOAPAction: "urn:unknown"']],
] as const)
  test.serial(`B1 an action ${how} leads to legacy`, async (t) => {
    t.is(await taken(t, [text, ...more], find()), 'other legacy undecided');
  });

const soap12 = 'application/soap+xml; charset=utf-8';
const related = (inside: string): string =>
  `Content-Type: multipart/related; type="application/xop+xml"; start="<root>"; boundary="b"; start-info="application/soap+xml${inside}"`;
const parts = `--b\r\nContent-ID: <root>\r\nContent-Type: application/xop+xml; charset=utf-8; type="application/soap+xml"\r\n\r\n${find('x', '1.2')}\r\n--b--\r\n`;
for (const [how, more, body] of [
  ['with an action', [`Content-Type: ${soap12}; action="${action}"`], find('x', '1.2')],
  [
    'with an action unquoted, before the charset',
    [`Content-Type: application/soap+xml;action=${action};charset=utf-8`.replaceAll(action, `"${action}"`)],
    find('x', '1.2'),
  ],
  ['without an action', [`Content-Type: ${soap12}`], find('x', '1.2')],
  [
    'with both an action and a SOAPAction',
    [`Content-Type: ${soap12}; action="${action}"`, `SOAPAction: "${action}"`],
    find('x', '1.2'),
  ],
  ['with a SOAPAction alone', [`Content-Type: ${soap12}`, `SOAPAction: "${action}"`], find('x', '1.2')],
  ['as MTOM with its action inside start-info', [related(`; action=\\"${action}\\"`)], parts],
  ['as MTOM without an action', [related('')], parts],
] as const)
  test.serial(`B3 SOAP 1.2 ${how} leads to its operation, with no header added or taken`, async (t) => {
    t.is(await taken(t, more, body), 'Find legacy exclude');
  });

for (const [how, type, body] of [
  ['1.1 envelope under 1.2’s media type', `Content-Type: ${soap12}; action="${action}"`, find()],
  ['1.2 envelope under 1.1’s media type', text, find('x', '1.2')],
  ['envelope of no known version', text, find().replaceAll('http://schemas.xmlsoap.org/soap/envelope/', 'urn:soap-3')],
] as const)
  test.serial(`B4 a ${how} is undecided, and legacy answers as it likes`, async (t) => {
    t.is(await taken(t, [type, `SOAPAction: "${action}"`], body), 'other legacy undecided');
  });

const block = (attributes: string): string => `<u:Any xmlns:u="urn:u" ${attributes}>1</u:Any>`;
const blocks = {
  'for whoever answers, who must understand it': block('s:mustUnderstand="1"'),
  'for the next': block('s:actor="http://schemas.xmlsoap.org/soap/actor/next" s:mustUnderstand="1"'),
  'for somebody else': block('s:actor="urn:somebody" s:mustUnderstand="1"'),
  'of a transaction': block('s:actor="urn:somebody"') + block('s:mustUnderstand="true"'),
};
for (const [how, blockText] of Object.entries(blocks))
  row(
    `${how.includes('whoever') ? 'B18' : 'B20'} a header ${how} goes on untouched`,
    async ({ t, kind, exchange: send }) => {
      const body = find('x', '1.1', blockText);
      const { up, down } = await send(request({ target: `/${kind}/a`, body }), { reply: reply(envelope(blockText)) });
      t.is(up.body, body);
      t.is(down.body, envelope(blockText));
    },
    relayed,
  );

test.serial(
  'F5 log lines and metrics have the operation by its name, and nothing of body or credentials',
  async (t) => {
    const secrets = ['secret-in-body', 'secret-in-header', 'secret-in-authorization'] as const;
    const security = `<w:Security xmlns:w="urn:oasis:wssecurity-secext"><w:Password>${secrets[1]}</w:Password></w:Security>`;
    const { gateway } = wire();
    const bytes = request({
      target: '/told/f5',
      lines: [text, `SOAPAction: "${action}"`, `Authorization: Basic ${secrets[2]}`],
      body: find(secrets[0], '1.1', security),
    });
    await exchange(t, wire(), { request: bytes, answer: { reply: reply(secrets[0]) } });
    const told5 = () => gateway.lines().filter((each) => JSON.stringify(each).includes('/told/f5'));
    await eventually(() => told5().length > 0, patience);
    const said = JSON.stringify(gateway.lines()) + (await (await fetch(`${gateway.admin}/metrics`)).text());
    t.true(
      told5().every((each) => each['operation'] === 'Find'),
      JSON.stringify(told5()),
    );
    t.regex(said, /operation="Find"/);
    for (const secret of secrets) t.false(said.includes(secret), secret);
  },
);

const other = actionOf('Price');
for (const [how, more, body] of [
  ['an action parameter', [`Content-Type: ${soap12}; action="${other}"`], find('x', '1.2')],
  ['an action inside start-info', [related(`; action=\\"${other}\\"`)], parts],
] as const)
  test.serial(`B3 ${how} that names another operation than the body leads to legacy`, async (t) => {
    t.is(await taken(t, more, body), 'other legacy undecided');
  });
