// Found by test/fuzz: what was read otherwise than Node's parser reads it.
import test from 'ava';
import type { Raw } from '../adapter.ts';
import { ReplyParser } from './reply-parser.ts';

const headOf = (bytes: string): { raw: Raw; staysOpen: boolean } => {
  let found: { raw: Raw; staysOpen: boolean } | null = null;
  const parser = new ReplyParser({
    interim: () => undefined,
    head: ({ raw }, _framing, staysOpen) => (found = { raw, staysOpen }),
    bytes: () => undefined,
    replied: () => undefined,
  });
  parser.expect(false);
  parser.feed(Buffer.from(bytes, 'latin1'));
  return found!;
};

test('a value keeps its bytes: only blanks and tabs are around it', (t) => {
  const name = Buffer.from('voilà').toString('latin1'); // its last byte is a no-break space in latin1
  t.deepEqual(headOf(`HTTP/1.1 204 OK\r\nX-Name: \t${name} \t\r\n\r\n`).raw, ['X-Name', name]);
  for (const value of ['a\n', '\x0ba', '\x0c'])
    t.throws(() => headOf(`HTTP/1.1 204 OK\r\nX-Name:${value}\r\n\r\n`), { message: /control character/ });
  t.throws(() => headOf('HTTP/1.1 200 OK\r\nContent-Length:\x0b5\r\n\r\n'), { message: /control character/ });
});

const connection = test.macro({
  exec: (t, version: string, lines: readonly string[], staysOpen: boolean) => {
    const head = [`HTTP/${version} 204 OK`, ...lines.map((line) => `Connection: ${line}`), '', ''].join('\r\n');
    t.is(headOf(head).staysOpen, staysOpen);
  },
  title: (_, version: string, lines: readonly string[], staysOpen: boolean) =>
    `HTTP/${version} with Connection ${lines.join(' and ') || 'unsaid'} ${staysOpen ? 'stays open' : 'ends'}`,
});
test(connection, '1.1', [], true);
test(connection, '1.1', ['x-mine', 'close'], false);
test(connection, '1.1', ['x, Close '], false);
test(connection, '1.1', ['not-close'], true);
test(connection, '1.0', [], false);
test(connection, '1.0', ['x', 'Keep-Alive'], true);
test(connection, '1.0', ['keep-alive', 'close'], false);
