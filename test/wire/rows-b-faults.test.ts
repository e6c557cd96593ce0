// Rows B5–B12, B15 and A18 of docs/reference/wire.md: every error that the gateway makes itself, for callers of SOAP 1.1, of 1.2 and of neither.
import test, { type ExecutionContext } from 'ava';
import { catalog } from '../helpers/catalog.ts';
import { actionOf, find, header, replyIn, request, type Version } from './messages.ts';
import { operations, rows, type Canned } from './rig.ts';

const known = `protocol: soap, operations: ${operations(0)}`;
const { wire } = rows({
  destinations: `
  hangs: { adapter: soap, url: '{url}', wsdl: '${catalog.wsdl}', timeout: 300ms }
  web-hangs: { adapter: http, url: '{url}', timeout: 300ms }
  web-gone: { adapter: http, url: 'http://127.0.0.1:1' }
  narrow: { adapter: soap, url: '{url}', wsdl: '${catalog.wsdl}', maxInFlight: 1, timeout: 300ms }`,
  routes: `
  gone: { match: { path: /gone/** }, legacy: gone, ${known} }
  gone-judged: { match: { path: /gone-judged/** }, legacy: gone, modern: gone, protocol: soap, operations: ${operations(100)} }
  gone-proxy: { match: { path: /gone-proxy/** }, legacy: web-gone }
  hangs: { match: { path: /hangs/** }, legacy: hangs, ${known} }
  hangs-http: { match: { path: /hangs-http/** }, legacy: web-hangs, decisionHeader: true }
  key: { match: { path: /key/** }, legacy: old, require: { apiKey: { keys: { a: 0123456789abcdef } } }, ${known} }
  rate: { match: { path: /rate/** }, legacy: old, rateLimit: { calls: 1, per: 1h, by: ip }, ${known} }
  body: { match: { path: /body/** }, legacy: old, limits: { body: 64b }, ${known} }
  header: { match: { path: /header/** }, legacy: old, limits: { header: 64b }, ${known} }
  refuses: { match: { path: /refuses/** }, legacy: old, mismatch: refuse, modern: gone, protocol: soap, cohort: ip, exclude: [127.0.0.1], operations: ${operations(50)} }
  retired: { match: { path: /retired/** }, modern: gone, weight: 100, protocol: soap, operations: ${operations(100)} }`,
});

interface Row {
  readonly target: string;
  readonly answer?: Canned;
  readonly body?: (version: Version) => string;
  readonly operation?: string;
  readonly blame: 'client' | 'gateway';
  /** Seconds after which to come again. */
  readonly again?: RegExp;
  /** What others than SOAP callers are told; absent where they cannot meet this error. */
  readonly status?: number;
  readonly lines?: readonly string[];
}

const faults: Readonly<Record<string, Row>> = {
  'no route': { target: '/nobody/a', blame: 'client', status: 404 },
  'nobody listens': { target: '/gone/a', blame: 'gateway', again: /^\d+$/, status: 503 },
  'nobody listens on either side': { target: '/gone-judged/a', blame: 'gateway', again: /^\d+$/, status: 503 },
  'A18 no answer in time': { target: '/hangs/a', answer: {}, blame: 'gateway', status: 504 },
  'a reset of the second to be asked': {
    target: '/fallback/a',
    answer: { reply: '', after: 'reset' },
    blame: 'gateway',
  },
  'a reply that is no HTTP': {
    target: '/relay/a',
    answer: { reply: 'SSH-2.0-x\r\n\r\n', after: 'end' },
    blame: 'gateway',
    status: 502,
  },
  'a DOCTYPE': {
    target: '/relay/a',
    body: (version) => `<!DOCTYPE x [<!ENTITY a "b">]>${find('x', version)}`,
    blame: 'client',
  },
  'a key that is missing': { target: '/key/a', blame: 'client', status: 401 },
  'a rate that is used up': { target: '/rate/a', blame: 'client', again: /^\d+$/, status: 429 },
  'a body over the bound': { target: '/body/a', blame: 'client' },
  'headers over the bound': { target: '/header/a', blame: 'client', status: 431 },
  'names that disagree': { target: '/refuses/a', operation: 'Price', blame: 'client' },
  'an operation nobody knows, legacy being retired': {
    target: '/retired/a',
    body: (version) => find('x', version).replaceAll('Find', 'Lose'),
    operation: 'Lose',
    blame: 'client',
    status: 404,
  },
};

const typeOf = { '1.1': 'text/xml; charset=utf-8', '1.2': 'application/soap+xml; charset=utf-8' } as const;
const headOf = (version: Version, action: string): string[] =>
  version === '1.1'
    ? [`Content-Type: ${typeOf[version]}`, `SOAPAction: "${action}"`]
    : [`Content-Type: ${typeOf[version]}; action="${action}"`];

const answered = async (t: ExecutionContext, bytes: string, answer: Canned) => {
  wire().answer(answer);
  const client = wire().client(t);
  client.send(bytes);
  const text = await client.until((soFar) => replyIn(soFar, { isHead: false, ended: false })?.whole === true);
  const down = replyIn(text, { isHead: false, ended: client.ended });
  if (down === null) throw new Error(`no reply but ${JSON.stringify(text)}`);
  t.true(down.whole);
  return down;
};

const layout = {
  '1.1':
    /^<\?xml version="1\.0" encoding="utf-8"\?><s:Envelope xmlns:s="http:\/\/schemas\.xmlsoap\.org\/soap\/envelope\/"><s:Body><s:Fault><faultcode>(s:\w+)<\/faultcode><faultstring xml:lang="en">([^<]+)<\/faultstring><\/s:Fault><\/s:Body><\/s:Envelope>$/,
  '1.2':
    /^<\?xml version="1\.0" encoding="utf-8"\?><s:Envelope xmlns:s="http:\/\/www\.w3\.org\/2003\/05\/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>(s:\w+)<\/s:Value><\/s:Code><s:Reason><s:Text xml:lang="en">([^<]+)<\/s:Text><\/s:Reason><\/s:Fault><\/s:Body><\/s:Envelope>$/,
} as const;
const codes = {
  '1.1': { client: 's:Client', gateway: 's:Server' },
  '1.2': { client: 's:Sender', gateway: 's:Receiver' },
} as const;

for (const [what, row] of Object.entries(faults))
  for (const version of ['1.1', '1.2'] as const)
    test.serial(
      `B10 ${what} is a fault to a caller of SOAP ${version}, as B5, B6, B7, B8, B9, B11, B12 and B15 have it`,
      async (t) => {
        const action = actionOf(row.operation ?? 'Find');
        const body = row.body?.(version) ?? find('x', version);
        const bytes = request({ target: row.target, lines: headOf(version, action), body });
        if (row.target === '/rate/a')
          await answered(t, bytes, { reply: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n' });
        const { head, status, body: fault } = await answered(t, bytes, row.answer ?? {});
        t.is(status, 500);
        t.is(header(head, 'content-type'), typeOf[version]);
        const [whole, code, message] = layout[version].exec(fault) ?? [];
        t.is(whole, fault);
        t.is(code, codes[version][row.blame]);
        t.notRegex(message ?? '', /127\.0\.0\.1|:\d{4}|\bat \/|node:/);
        if (row.again === undefined) t.is(header(head, 'retry-after'), null);
        else t.regex(header(head, 'retry-after') ?? '', row.again);
      },
    );

for (const [what, row] of Object.entries(faults)) {
  const { status } = row;
  if (status === undefined) continue;
  test.serial(`B10 ${what} is a problem of RFC 9457 to who does not speak SOAP`, async (t) => {
    const isRetired = row.target.startsWith('/retired');
    const lines = row.target.startsWith('/header') ? [`X-Long: ${'x'.repeat(100)}`] : [];
    const bytes = request({ method: 'GET', target: row.target, lines: isRetired ? [] : lines, framing: 'none' });
    if (row.target === '/rate/a') await answered(t, bytes, { reply: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n' });
    const down = await answered(t, bytes, row.answer ?? {});
    t.is(down.status, status);
    t.is(header(down.head, 'content-type'), 'application/problem+json');
    const problem = JSON.parse(down.body) as Record<string, unknown>;
    t.is(problem['status'], status);
    t.is(problem['type'], 'about:blank');
  });
}

for (const [what, target, status] of [
  ['nobody listens behind a proxy', '/gone-proxy/a', 503],
  ['no answer in time on an HTTP route', '/hangs-http/a', 504],
] as const)
  test.serial(`B10 ${what} is a problem of RFC 9457, whoever asks: nobody said that this was SOAP`, async (t) => {
    const down = await answered(t, request({ target }), {});
    t.is(down.status, status);
    t.is(header(down.head, 'content-type'), 'application/problem+json');
  });
