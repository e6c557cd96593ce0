// A destination on a bare socket: keeps the exact bytes of every request and answers with exact bytes.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

export interface RawUpstream {
  readonly port: number;
  /** Exact bytes that came, one entry per connection, as latin1. */
  readonly connections: string[];
}

/** `answer` is asked whenever bytes came, with all of that connection's bytes so far; it writes what it likes. */
export const rawUpstream = async (
  t: Pick<ExecutionContext, 'teardown'>,
  answer: (socket: Socket, soFar: string, index: number) => void,
): Promise<RawUpstream> => {
  const connections: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const index = connections.push('') - 1;
    socket.on('data', (bytes) => {
      connections[index] += bytes.toString('latin1');
      answer(socket, connections[index]!, index);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connections };
};

/** Once the whole request is there (by its Content-Length or the end of its chunks), answers with `bytes`. */
export const answering =
  (bytes: string) =>
  (socket: Socket, soFar: string): void => {
    if (isWhole(soFar)) socket.write(bytes, 'latin1');
  };

export const isWhole = (request: string): boolean => {
  const end = request.lastIndexOf('\r\n\r\n', request.length);
  const head = request.indexOf('\r\n\r\n');
  if (head === -1) return false;
  if (/transfer-encoding: *chunked/i.test(request)) return request.endsWith('0\r\n\r\n');
  const length = Number(/content-length: *(\d+)/i.exec(request)?.[1] ?? 0);
  return end !== -1 && request.length >= head + 4 + length;
};
