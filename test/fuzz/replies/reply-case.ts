// Replies as servers send them, as broken ones do, and as attackers would: by the grammar of RFC 9112, then a little off it.
import { mutated, someCuts, type FuzzCase } from '../fuzzer.ts';
import type { Random } from '../random.ts';

export interface ReplyCase extends FuzzCase {
  /** What was asked, one for each reply that is awaited. */
  readonly methods: readonly ('GET' | 'HEAD')[];
  /** The server ends its connection after the bytes. */
  readonly ends: boolean;
}

export const replyCase = (random: Random): ReplyCase => {
  const methods = Array.from({ length: random.mostly(3, 1, [2, 3]) }, () => random.mostly(8, 'GET', ['HEAD'] as const));
  let text = methods.map((method) => replyText(random, method)).join('');
  if (random.once(12)) text += random.pick(['\r\n', '\n', 'x', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '\0']);
  if (random.once(8)) text = text.slice(0, random.below(text.length + 1));
  if (random.once(3)) text = mutated(random, text, tokens);
  return { methods, bytes: text, cuts: someCuts(random, text.length), ends: !random.once(3) };
};

const replyText = (random: Random, method: 'GET' | 'HEAD'): string => {
  let text = '';
  for (let n = random.mostly(6, 0, [1, 1, 2, 3]); n > 0; n--) text += interim(random);
  const status = random.mostly(3, '200', [...statuses]);
  const framed = framing(random);
  const bodiless = method === 'HEAD' || status === '204' || status === '304';
  const body = bodiless && !random.once(6) ? '' : framed.body;
  return text + statusLine(random, status) + lines(random, framed.lines) + body;
};

const interim = (random: Random): string =>
  statusLine(random, random.pick(['100', '100', '102', '103', '199', '101'])) +
  lines(random, random.once(5) ? [random.pick(['Content-Length: 3', 'Transfer-Encoding: chunked', 'Upgrade: x'])] : []);

const statuses = [
  '204',
  '304',
  '404',
  '500',
  '206',
  '301',
  '101',
  '599',
  '600',
  '999',
  '099',
  '000',
  '20',
  '2000',
  '+20',
];

const statusLine = (random: Random, status: string): string => {
  const version = random.mostly(6, 'HTTP/1.1', ['HTTP/1.0', 'HTTP/1.0', 'HTTP/1.0', ...oddVersions]);
  const reason = random.pick([
    'OK',
    'OK',
    'OK',
    '',
    'Not  Found',
    'Gr\xfc\xdfe',
    'a\tb',
    ' x ',
    'a\x01',
    'a\0b',
    'a\x7f',
    '\xa0x\xa0',
  ]);
  const gap = random.mostly(30, ' ', ['  ', '\t', '', '\x0b']);
  const after = reason === '' && random.once(2) ? '' : random.mostly(30, ' ', ['  ', '\t', '']);
  return `${version}${gap}${status}${after}${reason}${lineEnd(random)}`;
};

const oddVersions = [
  'HTTP/2.0',
  'HTTP/0.9',
  'HTTP/1.2',
  'http/1.1',
  'HTTP/1.',
  'HTTP/1.10',
  'HTTP/11.1',
  'ICY',
  'HTTP 1.1',
  'RTSP/1.0',
];

const lineEnd = (random: Random): string =>
  random.mostly(60, '\r\n', ['\n', '\r', '\r\r\n', '\n\r', '\r\n ', '\0\r\n']);

interface Framed {
  readonly lines: readonly string[];
  readonly body: string;
}

/** How the body is framed, and the body; mostly so that both fit. */
const framing = (random: Random): Framed => {
  const data = random.pick([
    '',
    'a',
    'hello',
    '<s:Envelope/>',
    'HTTP/1.1 200 OK\r\n\r\n',
    '0\r\n\r\n',
    '\r\n',
    '\0\xff'.repeat(9),
    'x'.repeat(100),
  ]);
  const kind = random.below(10);
  if (kind < 4) return { lines: [`${cased(random, 'Content-Length')}: ${data.length}`], body: data };
  if (kind < 7)
    return {
      lines: [`${cased(random, 'Transfer-Encoding')}: ${cased(random, 'chunked')}`],
      body: chunked(random, data),
    };
  if (kind < 8) return { lines: [], body: data };
  const some = Array.from({ length: 1 + random.below(2) }, () => random.pick([...lengths(data.length), ...codings]));
  return { lines: some, body: random.once(2) ? data : chunked(random, data) };
};

const lengths = (length: number): string[] =>
  [
    `${length}`,
    `${length}`,
    `0${length}`,
    `+${length}`,
    `-1`,
    `0x${length}`,
    `${length}, ${length}`,
    `${length} `,
    '',
    ' ',
    '1e1',
    `${length}.0`,
    '9007199254740993',
    '18446744073709551616',
    '999999999999999',
    `${length};`,
    `${length}\t`,
    `\x0b${length}`,
  ].map((value) => `Content-Length: ${value}`);

const codings = [
  'chunked',
  'Chunked',
  'gzip',
  'identity',
  'gzip, chunked',
  'chunked, gzip',
  'chunked, chunked',
  'chunked;q=1',
  '"chunked"',
  'x chunked',
  'chunked ',
  '\tchunked',
  '',
  ',chunked',
  'xchunked',
  'chunke',
  'chunked\x0b',
  '\xa0chunked',
].flatMap((value) => [`Transfer-Encoding: ${value}`, `Transfer-Encoding:${value}`]);

const cased = (random: Random, text: string): string =>
  random.mostly(4, text, [text.toLowerCase(), text.toUpperCase()]);

const chunked = (random: Random, data: string): string => {
  let text = '';
  for (let at = 0; at < data.length;) {
    const size = Math.min(data.length - at, 1 + random.below(data.length));
    const odd = random.once(25) ? random.pick([-1, 1, 2, 16]) : 0;
    text += `${sizeText(random, Math.max(1, size + odd))}${data.slice(at, at + size)}${random.mostly(40, '\r\n', ['\n', '', '\r', 'x\r\n', '\r\n\r\n'])}`;
    at += size;
  }
  const last = random.mostly(10, '0', ['00', '000000', '0;a', '0;a=b', '0 ', '', '-0', '0x0', 'g']);
  return `${text}${last}${lineEnd(random)}${lines(random, random.once(4) ? [random.pick([...trailerLines, ...fieldLines])] : [])}`;
};

const trailerLines = [
  'X-T: 1',
  'X-T:',
  'Content-Length: 4',
  'Transfer-Encoding: chunked',
  ' folded',
  'X-T : 1',
  ': x',
  'X-T: a\x01',
];

const sizeText = (random: Random, size: number): string => {
  const hex = size.toString(16);
  const shown = random.mostly(5, hex, [
    hex.toUpperCase(),
    `0${hex}`,
    `000000000${hex}`,
    `0000000000000${hex}`,
    `0000000000000000${hex}`,
    `0x${hex}`,
    `+${hex}`,
    `-${hex}`,
    ` ${hex}`,
    `${hex}g`,
    '',
    'fffffffffffff',
    'ffffffffffffffff',
  ]);
  const extension = random.mostly(5, '', [
    ';a',
    ';a=b',
    ';a="b;c"',
    ' ;a',
    ' ',
    '\t',
    '; a = b',
    ';',
    ';;',
    ';a="b',
    ';\xe9',
    ';a\x01',
    ';a=b;c',
    ';a="\\""',
    ';a\nb',
    ';a\rb',
  ]);
  return `${shown}${extension}${lineEnd(random)}`;
};

/** Field lines in some order, to the empty line. */
const lines = (random: Random, own: readonly string[]): string => {
  const all = [...own];
  for (let n = random.below(4); n > 0; n--) all.splice(random.below(all.length + 1), 0, random.pick(fieldLines));
  if (random.once(150)) all.push(...Array.from({ length: 40 }, (_, i) => `X-${i}: ${i}`));
  return all.map((line) => line + lineEnd(random)).join('') + lineEnd(random);
};

const fieldLines = [
  'Connection: close',
  'Connection: keep-alive',
  'connection: Close',
  'Connection: x, close',
  'Connection: close, keep-alive',
  'Connection: keep-alive, close',
  'Connection: not-close',
  'Connection: keep-alive-not',
  'Connection: close;x',
  'Connection:',
  'Connection: "close"',
  'Connection: close ',
  'Connection: ,close,',
  'Connection: upgrade',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Keep-Alive: timeout=5',
  'Proxy-Connection: close',
  'Connection: closed',
  'Connection: keep-alive;',
  'Connection: close\tx',
  'Connection: keep-alive\t',
  'Content-Type: text/xml; charset=utf-8',
  'Set-Cookie: a=1',
  'Set-Cookie: b=2',
  'X-Empty:',
  'X-Blank:   ',
  'X-Space: a  b ',
  'X-Tab:\ta\t',
  'X-Utf8: voil\xc3\xa0',
  'X-Latin: \xa0a\xa0',
  'X-High: \x80\xff',
  'X-Next: \x85',
  'X-Low: a\x0b',
  'X-Low: \x0ca',
  'X-Nul: a\0b',
  'X-Del: a\x7f',
  'X-Esc: \x1b',
  'X-Cr: a\rb',
  'X-Lf: a\nb',
  'X: y',
  'x-lower: 1',
  'X-Colon: a:b',
  'X-Colon::',
  "!#$%&'*+-.^_`|~09: token",
  'X Space: 1',
  'X-Tail : 1',
  ' X-Lead: 1',
  ': none',
  'no colon',
  '',
  'X-\xe9: 1',
  'X(: 1',
  'X-T\t: 1',
  'X-Long: ' + 'y'.repeat(200),
  'Trailer: X-T',
  'Content-Length : 3',
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
  'Content_Length: 7',
  'Content-Length\0: 3',
] as const;

const tokens = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '\n\n',
  ' ',
  '\t',
  '\0',
  ':',
  ';',
  ',',
  '\x0b',
  '\x7f',
  '\xa0',
  '\xff',
  '0',
  '1',
  'f',
  '\r\n ',
  '\r\n\t',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  ...fieldLines.map((line) => `${line}\r\n`),
  ...codings.slice(0, 8).map((line) => `${line}\r\n`),
  ...lengths(5).map((line) => `${line}\r\n`),
];
