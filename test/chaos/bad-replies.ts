// What a destination can answer that is no answer.
import type { Socket } from 'node:net';
import type { Reason } from '../../adapters/errors.ts';

/** `id`: row of docs/reference/failures.md. */
export interface BadReply {
  readonly id: string;
  readonly title: string;
  /** Called once a whole request has come. */
  readonly does: (socket: Socket) => void;
  readonly outcome: Outcome;
}

/** What a client sees, and what the access log says. */
export interface Outcome {
  /** Of the relay: `fault` or `cut` or a status; outcome, error and reason of the attempt, `-` where there is none. */
  readonly relay: string;
  /** Reason of the fallback, where modern answers so. */
  readonly fallback: Reason;
  /** Of the proxy: `cut` or a status, and outcome. */
  readonly proxy: readonly string[];
}

const write = (bytes: string) => (socket: Socket) => void socket.write(bytes, 'latin1');
const writeAndEnd = (bytes: string) => (socket: Socket) => void socket.end(bytes, 'latin1');

/** Goes on for as long as the other end takes it. */
const endlessly =
  (bytes: string, first = '') =>
  (socket: Socket) => {
    const more = (): void => {
      if (socket.destroyed) return;
      if (socket.write(bytes, 'latin1')) setTimeout(more, 1);
    };
    socket.on('drain', more);
    socket.write(first, 'latin1');
    more();
  };
const dripping = (bytes: string, first: string, ms: number) => (socket: Socket) => {
  socket.write(first, 'latin1');
  const timer = setInterval(() => socket.write(bytes, 'latin1'), ms);
  socket.on('close', () => clearInterval(timer));
};

const ok = 'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n';
const lined = (line: string, body = 'hello') => write(`${ok}${line}\r\n\r\n${body}`);

const failed = ['502 unavailable'];
const malformed: Outcome = { relay: 'fault unavailable ERR_MALFORMED 5xx', fallback: '5xx', proxy: failed };
const late: Outcome = {
  relay: 'fault unavailable ERR_TIMEOUT timeout',
  fallback: 'timeout',
  proxy: ['504 unavailable'],
};
/** Nobody else is asked: the client sees what it would see without a gateway. */
const ended: Outcome = { relay: 'cut cut ERR_RESET reset', fallback: 'reset', proxy: ['cut cut'] };
/** The proxy answers 502 if it has written nothing yet. */
const broken: Outcome = { relay: 'cut cut - -', fallback: 'truncated', proxy: ['cut cut', ...failed] };
/** Modern's is no JSON, whatever follows. */
const surplus: Outcome = { relay: '200 ok - -', fallback: 'contract', proxy: ['200 ok', '200 cut', 'cut cut'] };

export const badReplies: readonly BadReply[] = [
  { id: 'F1', title: 'not HTTP', does: write('\0\xff\xfe garbage \r\n\r\n\r\n\r\n'), outcome: malformed },
  {
    id: 'F1',
    title: 'a page without a head',
    does: writeAndEnd('<html>Internal error</html>\r\n\r\n'),
    outcome: malformed,
  },
  { id: 'F1', title: 'garbage without a line end', does: endlessly('x'.repeat(8192)), outcome: malformed },
  {
    id: 'F1',
    title: 'HTTP/2.0',
    does: write('HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'),
    outcome: { ...malformed, proxy: ['cut cut'] },
  },
  {
    id: 'F1',
    title: 'status 999',
    does: write('HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n'),
    outcome: { ...malformed, proxy: ['999 server-error'] },
  },
  { id: 'F1', title: 'status 20', does: write('HTTP/1.1 20 Odd\r\nContent-Length: 0\r\n\r\n'), outcome: malformed },
  {
    id: 'F1',
    title: 'bare LF',
    does: write('HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'),
    outcome: { ...late, proxy: failed },
  },
  { id: 'F1', title: 'NUL in a header', does: lined('X: a\0b\r\nContent-Length: 5'), outcome: malformed },
  { id: 'F1', title: 'space before the colon', does: lined('Content-Length : 5'), outcome: malformed },
  { id: 'F1', title: 'folded header', does: lined('X: a\r\n b\r\nContent-Length: 5'), outcome: malformed },
  { id: 'F1', title: 'no colon', does: lined('nonsense\r\nContent-Length: 5'), outcome: malformed },
  {
    id: 'F2',
    title: '100 without end',
    does: endlessly('HTTP/1.1 100 Continue\r\n\r\n'.repeat(20)),
    outcome: malformed,
  },
  {
    id: 'F2',
    title: '103 without end',
    does: endlessly('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(20)),
    outcome: malformed,
  },
  {
    id: 'F2',
    title: '101 interim replies and an answer in one packet',
    does: write(`${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(101)}${ok}Content-Length: 5\r\n\r\nhello`),
    outcome: malformed,
  },
  {
    id: 'F2',
    title: '101',
    does: write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
    outcome: malformed,
  },
  {
    id: 'F3',
    title: '1 MB of headers',
    does: write(`${ok}${`X-Big: ${'x'.repeat(1000)}\r\n`.repeat(1000)}Content-Length: 5\r\n\r\nhello`),
    outcome: malformed,
  },
  {
    id: 'F3',
    title: 'one header of 1 MB',
    does: lined(`X-Big: ${'x'.repeat(1_000_000)}\r\nContent-Length: 5`),
    outcome: malformed,
  },
  { id: 'F3', title: 'a header without end', does: endlessly('x'.repeat(8192), `${ok}X-Big: `), outcome: malformed },
  { id: 'F3', title: 'headers without end', does: endlessly('X-More: 1\r\n'.repeat(500), ok), outcome: malformed },
  { id: 'F4', title: 'silence', does: () => undefined, outcome: late },
  { id: 'F4', title: 'half a head, then silence', does: write(ok), outcome: late },
  { id: 'F5', title: 'ends at once', does: (socket) => void socket.end(), outcome: ended },
  { id: 'F5', title: 'resets', does: (socket) => void socket.resetAndDestroy(), outcome: ended },
  { id: 'F5', title: 'ends inside the head', does: writeAndEnd(ok), outcome: ended },
  { id: 'F6', title: 'negative length', does: lined('Content-Length: -5'), outcome: malformed },
  { id: 'F6', title: 'length of 20 digits', does: lined('Content-Length: 99999999999999999999'), outcome: malformed },
  { id: 'F6', title: 'length with a sign', does: lined('Content-Length: +5'), outcome: malformed },
  { id: 'F6', title: 'length in hexadecimal', does: lined('Content-Length: 0x5'), outcome: malformed },
  { id: 'F6', title: 'empty length', does: lined('Content-Length: '), outcome: malformed },
  { id: 'F6', title: 'two lengths', does: lined('Content-Length: 5\r\nContent-Length: 6'), outcome: malformed },
  { id: 'F6', title: 'a list of lengths', does: lined('Content-Length: 5, 6'), outcome: malformed },
  {
    id: 'F6',
    title: 'length and chunked',
    does: lined('Content-Length: 5\r\nTransfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'),
    outcome: malformed,
  },
  {
    id: 'F6',
    title: 'another coding',
    does: lined('Transfer-Encoding: gzip, chunked', '5\r\nhello\r\n0\r\n\r\n'),
    outcome: { ...malformed, proxy: ['cut cut'] },
  },
  {
    id: 'F6',
    title: 'chunked twice',
    does: lined('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'),
    outcome: { ...malformed, proxy: ['cut cut'] },
  },
  {
    id: 'F7',
    title: 'a length that does not come',
    does: writeAndEnd(`${ok}Content-Length: 999999999999999\r\n\r\nhello`),
    outcome: { ...broken, fallback: 'contract' },
  },
  {
    id: 'F7',
    title: 'a length, then silence',
    does: lined('Content-Length: 999999999999999'),
    outcome: { ...broken, fallback: 'contract' },
  },
  {
    id: 'F7',
    title: 'chunks that end early',
    does: writeAndEnd(`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`),
    outcome: broken,
  },
  {
    id: 'F7',
    title: 'a chunk size that is none',
    does: lined('Transfer-Encoding: chunked', '-5\r\nhello\r\n0\r\n\r\n'),
    outcome: broken,
  },
  {
    id: 'F7',
    title: 'a chunk size that overflows',
    does: lined('Transfer-Encoding: chunked', 'fffffffffffffffff\r\nhello\r\n0\r\n\r\n'),
    outcome: broken,
  },
  {
    id: 'F7',
    title: 'a chunk longer than its size',
    does: lined('Transfer-Encoding: chunked', '5\r\nhellooo\r\n0\r\n\r\n'),
    outcome: broken,
  },
  {
    id: 'F7',
    title: 'resets in the body',
    does: (socket) =>
      socket.write(`${ok}Content-Length: 50\r\n\r\nhello`, () => setTimeout(() => socket.resetAndDestroy(), 20)),
    outcome: broken,
  },
  { id: 'F8', title: 'more bytes than the length', does: lined('Content-Length: 5', 'hello there'), outcome: surplus },
  {
    id: 'F8',
    title: 'two answers',
    does: lined('Content-Length: 5', `hello${ok}Content-Length: 5\r\n\r\nwrong`),
    outcome: surplus,
  },
];

/** Bytes keep coming, and are never a reply. */
export const drips = dripping('x', `${ok}X: `, 100);
export const hints = dripping('HTTP/1.1 103 Early Hints\r\n\r\n', '', 100);
