// What a head may say in two ways, or too much of.
import { evil, get, post, table, type SmugglingCase } from './smuggling-case.ts';

const old: SmugglingCase[] = [
  {
    title: 'a coding in HTTP/1.0',
    bytes: `POST {door} HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n${evil}`,
    fate: 'refused',
  },
  {
    title: 'HTTP/1.0 keep-alive with both framings',
    bytes: `POST {door} HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello${evil}`,
    fate: 'refused',
  },
  { title: 'HTTP/1.0 without Host', bytes: 'GET {door} HTTP/1.0\r\n\r\n', fate: 'once' },
  ...table(
    'a version',
    'refused',
    [
      'HTTP/0.9',
      'HTTP/1.2',
      'HTTP/2.0',
      'HTTP/3.0',
      'HTTP/1',
      'HTTP/1.10',
      'http/1.1',
      'HTTP/1.1x',
      'HTTPS/1.1',
      'ICE/1.0',
      '',
    ],
    (version) => `GET {door} ${version}\r\nHost: x\r\n\r\n${evil}`,
  ),
  // Node's parser takes the name for HTTP's; it goes on as one HTTP/1.1 request.
  { title: 'the name of another protocol', bytes: 'GET {door} RTSP/1.0\r\nHost: x\r\n\r\n', fate: 'once' },
  { title: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', fate: 'refused' },
];

const hosts: SmugglingCase[] = [
  ...table(
    'Host',
    'refused',
    [
      '',
      ' ',
      'a b',
      'a/b',
      'user@x',
      'x:port',
      'x:123456',
      'a,b',
      'x#y',
      'x?y',
      '[::1',
      'http://x',
      'x\\y',
      'x\0y',
      'x:80:80',
      '<x>',
      "x'",
    ],
    (host) => `GET {door} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  ),
  ...table(
    'two Hosts',
    'refused',
    ['Host: x\r\nHost: x\r\n', 'Host: x\r\nHost: y\r\n', 'host: x\r\nHOST: y\r\n', 'Host: x\r\nX: y\r\nHost:\r\n'],
    (some) => `GET {door} HTTP/1.1\r\n${some}\r\n`,
  ),
  { title: 'no Host', bytes: 'GET {door} HTTP/1.1\r\n\r\n', fate: 'refused' },
  { title: 'a folded Host', bytes: 'GET {door} HTTP/1.1\r\nHost: x\r\n y\r\n\r\n', fate: 'refused' },
];

const targets: SmugglingCase[] = [
  ...table(
    'a target',
    'refused',
    [
      'http://evil{door}',
      'http://x:81{door}',
      'http://user@x{door}',
      'http:{door}',
      'ftp://x{door}',
      'x{door}',
      '\\{door}',
      '{door}#smuggled',
      '{door} /smuggled',
      '{door}\t/smuggled',
      '{door}\0',
      '{door}\x01',
      '?{door}',
      '*',
      'https:///{door}',
      '//\r',
    ],
    (target) => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`,
  ),
  {
    title: 'absolute form with its own Host is relayed in origin form',
    bytes: 'GET http://x{door} HTTP/1.1\r\nHost: x\r\n\r\n',
    fate: 'once',
  },
  {
    title: 'absolute form with the Host in capitals',
    bytes: 'GET HTTP://X{door} HTTP/1.1\r\nHost: x\r\n\r\n',
    fate: 'once',
  },
  { title: 'CONNECT', bytes: `CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n${evil}`, fate: 'refused' },
  { title: 'TRACE', bytes: 'TRACE {door} HTTP/1.1\r\nHost: x\r\n\r\n', fate: 'refused' },
  ...table(
    'a method',
    'refused',
    ['get', 'G ET', 'GE\0T', 'FOO', 'GET\t', '\r\n\r\n\0GET', '"GET"', 'GET,POST', 'POST:'],
    (method) => `${method} {door} HTTP/1.1\r\nHost: x\r\n\r\n`,
  ),
];

const doubled = table(
  'a header that may come only once',
  'refused',
  [
    'SOAPAction: "a"\r\nSOAPAction: "b"\r\n',
    'Content-Type: text/xml\r\nContent-Type: text/plain\r\n',
    'Authorization: a\r\nAuthorization: b\r\n',
    'soapaction: a\r\nSOAPACTION: a\r\n',
  ],
  (some) => post(`${some}Content-Length: 5\r\n`, 'hello'),
);

const long: SmugglingCase[] = [
  {
    title: 'a target over the bound',
    bytes: `GET {door}?${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    fate: 'refused',
  },
  {
    title: 'a target over all bounds',
    bytes: `GET {door}?${'a'.repeat(90_000)} HTTP/1.1\r\nHost: x\r\n\r\n${evil}`,
    fate: 'refused',
  },
  { title: 'a header over the bound', bytes: get(`X: ${'a'.repeat(90_000)}\r\n`, evil), fate: 'refused' },
  { title: 'a header name over the bound', bytes: get(`${'X'.repeat(90_000)}: y\r\n`, evil), fate: 'refused' },
  { title: 'headers over the bound', bytes: get('X-Line: 0123456789\r\n'.repeat(5000), evil), fate: 'refused' },
  {
    title: 'three thousand headers, of which none is dropped',
    bytes: `POST {door} HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(3000)}Content-Length: 5\r\n\r\nhello`,
    fate: 'once',
    body: 'hello',
  },
  {
    title: 'a method over the bound',
    bytes: `${'G'.repeat(90_000)} {door} HTTP/1.1\r\nHost: x\r\n\r\n`,
    fate: 'refused',
  },
  {
    title: 'a chunk extension without end',
    bytes: post('Transfer-Encoding: chunked\r\n', `5;${'a'.repeat(90_000)}\r\nhello\r\n0\r\n\r\n${evil}`),
    fate: 'refused',
  },
  {
    title: 'trailers without end',
    bytes: post('Transfer-Encoding: chunked\r\n', `0\r\n${'X: y\r\n'.repeat(40_000)}\r\n${evil}`),
    fate: 'refused',
  },
];

const hops: SmugglingCase[] = [
  ...table(
    'Connection takes no framing away',
    'once',
    ['Content-Length', 'content-length, close', 'Transfer-Encoding', 'Host', 'Content-Type, Content-Length'],
    (listed) =>
      `POST {door} HTTP/1.1\r\nHost: x\r\nConnection: ${listed}\r\nContent-Length: ${evil.length}\r\n\r\n${evil}`,
  ),
  {
    title: 'an upgrade that is refused stays one request',
    bytes: get('Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n'),
    fate: 'once',
  },
  {
    title: 'a body in a GET goes with it',
    bytes: get(`Content-Length: ${evil.length}\r\n`, evil),
    fate: 'once',
    body: evil,
  },
  {
    title: 'names that only look like framing',
    bytes: post(
      'Content_Length: 50\r\nTransfer_Encoding: chunked\r\nX-Content-Length: 1\r\nContent-Length: 5\r\n',
      'hello',
    ),
    fate: 'once',
    body: 'hello',
  },
];

const pipelined: SmugglingCase[] = [
  { title: 'two proper requests in one piece', bytes: `${get('')}${get('Connection: close\r\n')}`, fate: 'twice' },
  {
    title: 'a proper request, then an improper one',
    bytes: `${get('')}GET /smuggled HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n`,
    fate: 'once',
  },
  { title: 'a proper request, then garbage', bytes: `${get('')}\0\0\0`, fate: 'once' },
  {
    title: 'a proper body, then one byte more',
    bytes: post('Content-Length: 5\r\n', 'hello!'),
    fate: 'once',
    body: 'hello',
  },
  { title: 'empty lines before a request', bytes: `\r\n\r\n${get('')}`, fate: 'once' },
  { title: 'a body shorter than its length', bytes: post('Content-Length: 50\r\n', 'hello'), fate: 'refused or once' },
  {
    title: 'a chunk that never ends',
    bytes: post('Transfer-Encoding: chunked\r\n', '50\r\nhello'),
    fate: 'refused or once',
  },
];

export const headCases: readonly SmugglingCase[] = [
  ...old,
  ...hosts,
  ...targets,
  ...doubled,
  ...long,
  ...hops,
  ...pipelined,
];
