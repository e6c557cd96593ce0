// A gateway between bare sockets: a client that sends exact bytes, a legacy service and a modern JSON service that keep exact bytes and
// answer with exact bytes. Each answer ends its connection, so one connection is one request.
import type { ExecutionContext } from 'ava';
import { connect } from 'node:net';
import type { Gateway } from '../helpers/gateway.ts';
import { isWhole, rawUpstream } from '../helpers/raw-upstream.ts';

type Test = Pick<ExecutionContext, 'teardown'>;

/** A message of HTTP as it stood on the wire, in latin1. */
export interface Message {
  /** Request or status line. */
  readonly line: string;
  /** All of the head, its lines ended by CRLF. */
  readonly head: string;
  readonly body: string;
}

export const messageIn = (bytes: string): Message => {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.slice(0, end + 2);
  return { line: head.slice(0, head.indexOf('\r\n')), head, body: bytes.slice(end + 4) };
};

export interface Canned {
  readonly status?: string;
  /** Lines of the head besides `Content-Length` and `Connection`. */
  readonly lines: string;
  /** In latin1. */
  readonly body: string;
}

export interface Upstream {
  readonly url: string;
  readonly port: number;
  /** Whole requests so far. */
  readonly asked: () => Message[];
}

/** What it answers is asked anew for each request. */
export const cannedUpstream = async (t: Test, answer: (asked: Message) => Canned): Promise<Upstream> => {
  const { port, connections } = await rawUpstream(t, (socket, soFar) => {
    if (!isWhole(soFar)) return;
    const { status = '200 OK', lines, body } = answer(messageIn(soFar));
    socket.end(
      `HTTP/1.1 ${status}\r\n${lines}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      'latin1',
    );
  });
  return { url: `http://127.0.0.1:${port}`, port, asked: () => connections.filter(isWhole).map(messageIn) };
};

export interface Request {
  /** `POST` where nothing is said. */
  readonly method?: string;
  readonly path: string;
  /** Lines besides `Host`, `Content-Length` and `Connection`. */
  readonly lines: readonly string[];
  /** In latin1. */
  readonly body: string;
}

/** Sends exact bytes and answers with exact bytes, once the gateway has closed. */
export const exchanged = (gateway: Gateway, { method = 'POST', path, lines, body }: Request): Promise<Message> => {
  const { host, port } = new URL(gateway.url);
  const more = lines.map((line) => `${line}\r\n`).join('');
  const whole = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}${method === 'GET' ? '' : `Content-Length: ${body.length}\r\n`}Connection: close\r\n\r\n${body}`;
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('data', (bytes: Buffer) => pieces.push(bytes));
    socket.on('error', reject);
    socket.on('end', () => {
      resolve(messageIn(Buffer.concat(pieces).toString('latin1')));
      socket.destroy();
    });
    socket.write(whole, 'latin1');
  });
};

/** Who answered, why, and for which operation: `GetScalars modern weight`. */
export const decisionOf = (reply: Message): string => {
  const [, operation, side, reason] =
    /X-Strangler-Decision: [\w-]+\/(\w+); side=(\w+); reason=(\w+)/.exec(reply.head) ?? [];
  return `${operation} ${side} ${reason}`;
};

export const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
export const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString();

export const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
export const soap12 = 'http://www.w3.org/2003/05/soap-envelope';

/** Content type of each version; of 1.2 without an action, as WCF has it. */
const types = { [soap11]: 'text/xml; charset=utf-8', [soap12]: 'application/soap+xml; charset=utf-8' };
export interface Enveloped {
  readonly header?: string;
  readonly version?: typeof soap11 | typeof soap12;
}
export const envelope = (body: string, { header = '', version = soap11 }: Enveloped = {}): string =>
  `<?xml version="1.0" encoding="utf-8"?>\r\n<s:Envelope xmlns:s="${version}">${header === '' ? '' : `<s:Header>${header}</s:Header>`}<s:Body>${body}</s:Body></s:Envelope>\n`;

export interface SoapCall extends Enveloped {
  readonly path: string;
  /** null: no SOAPAction line. */
  readonly action: string | null;
  readonly content: string;
}
export const soapRequest = ({ path, action, content, ...around }: SoapCall): Request => ({
  path,
  lines: [`Content-Type: ${types[around.version ?? soap11]}`, ...(action === null ? [] : [`SOAPAction: "${action}"`])],
  body: latin1(envelope(content, around)),
});

export const wsa = 'http://www.w3.org/2005/08/addressing';

/** Value of a header field, or null. */
export const field = ({ head }: Message, name: string): string | null =>
  new RegExp(`\r\n${name}: *([^\r]*)\r\n`, 'i').exec(head)?.[1] ?? null;
