import test from 'ava';
import { RootPart } from './multipart.ts';
import { Stop } from './stop.ts';

const part = (head: string, content: string): string => `--b\r\n${head}\r\n${content}\r\n`;
const whole = (...parts: readonly string[]): string => `${parts.join('')}--b--\r\n`;

/** Root part's bytes, taken in pieces of every size. */
const root = (text: string, start: string | null = null, boundary = 'b'): readonly string[] => {
  const bytes = Buffer.from(text);
  const found = new Set<string>();
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const reader = new RootPart(boundary, start);
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(reader.take(bytes.subarray(at, at + size)));
    found.add(`${Buffer.concat(pieces).toString()}|${reader.isOver}|${reader.head?.media}|${reader.head?.charset}`);
  }
  return [...found];
};

const xop = 'Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"\r\n';

test('the first part is the root where nothing is said', (t) => {
  t.deepEqual(root(whole(part(xop, '<a/>'), part('', 'x'))), ['<a/>|true|text/xml|utf-8']);
});

test('start names the root, wherever it stands', (t) => {
  const text = whole(part('Content-ID: <x>\r\n', '<no/>'), part(`Content-ID: <r@x>\r\n${xop}`, '<a/>'));
  t.deepEqual(root(text, 'r@x'), ['<a/>|true|text/xml|utf-8']);
});

test('a preamble is skipped, and blanks after the boundary', (t) => {
  t.deepEqual(root(`hello\r\n--b \t\r\n\r\n<a/>\r\n--b--`), [
    '<a/>|true|undefined|undefined'.replaceAll('undefined', 'null'),
  ]);
});

test('a line that begins like the boundary is content', (t) => {
  t.deepEqual(root(whole(part('', '<a>\r\n--bc\r\n-\r\n--</a>'))), ['<a>\r\n--bc\r\n-\r\n--</a>|true|null|null']);
});

test('a part of no content comes before the root', (t) => {
  t.deepEqual(root(whole('--b\r\n\r\n', part('Content-ID: <r>\r\n', '<a/>')), 'r'), ['<a/>|true|null|null']);
});

test('a root that does not end is given as far as it came', (t) => {
  t.deepEqual(root('--b\r\n\r\n<a>\r\n--'), ['<a>|false|null|null']);
});

test('a folded head is read as one line', (t) => {
  const folded = 'Content-Type: application/xop+xml;\r\n\ttype="application/soap+xml; action=\\"urn:a\\""\r\n';
  const reader = new RootPart('b', null);
  reader.take(Buffer.from(whole(part(folded, '<a/>'))));
  t.is(reader.head?.media, 'application/soap+xml');
  t.deepEqual(reader.head?.actions, ['urn:a']);
});

const stops = test.macro({
  exec: (t, text: string, reason: Stop['reason'], start: string | null = null) => {
    const error = t.throws(() => new RootPart('b', start).take(Buffer.from(text)), { instanceOf: Stop });
    t.is(error?.reason, reason);
  },
  title: (name, _: string, reason: string, _start?: string | null) => `${name} is ${reason}`,
});

test('a multipart without its root', stops, whole(part('', 'x')), 'malformed', 'r');
test('a multipart of nothing', stops, '--b--\r\n', 'malformed');
test('a boundary with something else on its line', stops, '--b \rx\r\n\r\n<a/>\r\n--b--\r\n', 'malformed');
test('a boundary inside the head of a part', stops, '--b\r\nX: 1\r\n--b\r\n\r\n<a/>\r\n--b--\r\n', 'malformed');
test(
  'a bare line end in the head of a part',
  stops,
  '--b\r\nContent-ID: <r>\n\r\nX: 1\r\n\r\n<a/>\r\n--b--\r\n',
  'malformed',
);
test('a line without a name in the head of a part', stops, '--b\r\nX\r\n\r\n<a/>\r\n--b--\r\n', 'malformed');
test('a part head without end', stops, `--b\r\n${'x'.repeat(17_000)}`, 'limit');
test('a root in base64', stops, whole(part('Content-Transfer-Encoding: base64\r\n', 'PGEvPg==')), 'opaque');
test(
  'a root with two content types',
  stops,
  whole(part('Content-Type: a/b\r\ncontent-type: c/d\r\n', '')),
  'malformed',
);
