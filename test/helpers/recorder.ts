// What a client puts on the wire, as it is: a bare TCP relay that keeps all bytes, and requests taken out of them.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

/** A request as it stood on the wire. */
export interface RecordedRequest {
  /** Such as `POST /Orders.svc HTTP/1.1`. */
  readonly line: string;
  /** In the order, case and number in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** As UTF-8 text, a BOM included; in chunks where `transfer-encoding` says so, with their sizes taken out. */
  readonly body: string;
}

export interface Recorder {
  readonly port: number;
  /** All bytes of each connection so far. */
  readonly connections: readonly Buffer[];
}

/** Passes every connection on to `upstream` and back, untouched, and keeps what the clients said. */
export const recorder = async (t: Pick<ExecutionContext, 'teardown'>, upstream: URL): Promise<Recorder> => {
  const connections: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const index = connections.push(Buffer.alloc(0)) - 1;
    const service = connect(Number(upstream.port), upstream.hostname);
    client.on('data', (bytes: Buffer) => (connections[index] = Buffer.concat([connections[index]!, bytes])));
    for (const [from, to] of [
      [client, service],
      [service, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connections };
};

/** The first whole request in these bytes and how long it is, or null while some of it is still to come. */
export const requestIn = (bytes: Buffer): { request: RecordedRequest; length: number } | null => {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [line = '', ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = fields.map((field): [string, string] => {
    const [name = '', ...rest] = field.split(':');
    return [name, rest.join(':').trim()];
  });
  const value = (wanted: string): string | undefined => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const rest = bytes.subarray(end + 4);
  const body =
    value('transfer-encoding') === undefined ? sized(rest, Number(value('content-length') ?? 0)) : chunked(rest);
  if (body === null) return null;
  const text = body.bytes.toString();
  if (!Buffer.from(text).equals(body.bytes)) throw new Error('a body that is not UTF-8');
  return { request: { line, headers, body: text }, length: end + 4 + body.length };
};

interface Taken {
  readonly bytes: Buffer;
  readonly length: number;
}
const sized = (bytes: Buffer, length: number): Taken | null =>
  bytes.length < length ? null : { bytes: bytes.subarray(0, length), length };

const chunked = (bytes: Buffer): Taken | null => {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at);
    if (end === -1) return null;
    const size = Number.parseInt(bytes.subarray(at, end).toString('latin1'), 16);
    at = end + 2 + size + 2;
    if (bytes.length < at) return null;
    if (size === 0) return { bytes: Buffer.concat(parts), length: at };
    parts.push(bytes.subarray(end + 2, end + 2 + size));
  }
};

/** All requests of a connection, in order. */
export const requestsIn = (bytes: Buffer): RecordedRequest[] => {
  const requests: RecordedRequest[] = [];
  for (let rest = bytes; ;) {
    const found = requestIn(rest);
    if (found === null) return requests;
    requests.push(found.request);
    rest = rest.subarray(found.length);
  }
};
