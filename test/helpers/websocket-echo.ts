// A server of WebSockets that answers each frame with the same one: what a client sends and gets can be told apart by its mask alone.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

const accept = (head: string): string =>
  createHash('sha1')
    .update(`${/sec-websocket-key: *(\S+)/i.exec(head)?.[1]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');

export interface WebSocketEcho {
  readonly origin: string;
  /** Opening requests: `GET /path`, then header lines. */
  readonly heads: readonly string[];
  /** Targets of connections that have ended. */
  readonly ended: readonly string[];
}

/** Refuses `/refused` with a 403; of two protocols it takes the second. `answer` gets what is no WebSocket. */
export const websocketEcho = async (
  t: { teardown(close: () => unknown): void },
  answer: RequestListener,
): Promise<WebSocketEcho> => {
  const heads: string[] = [];
  const ended: string[] = [];
  const server = createServer(answer);
  const sockets = new Set<Socket>();
  server.on('upgrade', (req: IncomingMessage, socket: Socket) => {
    if (req.url === '/refused') {
      socket.end('HTTP/1.1 403 Forbidden\r\nX-Why: no\r\nContent-Length: 7\r\n\r\nno room');
      return;
    }
    const head = req.rawHeaders.map((text, i) => text + (i % 2 === 0 ? ': ' : '\r\n')).join('');
    heads.push(`${req.method} ${req.url}\r\n${head}`);
    sockets.add(socket);
    socket.on('close', () => ended.push(req.url ?? '')).on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    const protocol = req.headers['sec-websocket-protocol']?.split(/, */)[1];
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept(head)}\r\nSet-Cookie: a=1; Path=/chat\r\n${protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`}\r\n`,
    );
    let kept: Buffer = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      kept = Buffer.concat([kept, bytes]);
      for (let found = frameIn(kept); found !== null; found = frameIn(kept)) {
        kept = kept.subarray(found.length);
        socket.write(found.unmasked);
        if ((found.unmasked[0]! & 15) === 8) socket.end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, heads, ended };
};

/** RFC 6455 §5.2. `first`: the byte with the opcode; a client's has a mask. */
export const frame = (first: number, payload: Buffer, mask: Buffer | null): Buffer => {
  const { length } = payload;
  const size = Buffer.alloc(length < 126 ? 1 : length < 65_536 ? 3 : 9);
  size[0] = (mask === null ? 0 : 128) | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (size.length === 3) size.writeUInt16BE(length, 1);
  if (size.length === 9) size.writeBigUInt64BE(BigInt(length), 1);
  const hidden = mask === null ? payload : Buffer.from(payload.map((byte, i) => byte ^ mask[i % 4]!));
  return Buffer.concat([Buffer.from([first]), size, mask ?? Buffer.alloc(0), hidden]);
};
const frameIn = (bytes: Buffer): { readonly length: number; readonly unmasked: Buffer } | null => {
  if (bytes.length < 2) return null;
  const short = bytes[1]! & 127;
  const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + wide + 4;
  if (bytes.length < start) return null;
  const length = wide === 0 ? short : wide === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + length) return null;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(bytes.subarray(start, start + length).map((byte, i) => byte ^ mask[i % 4]!));
  return { length: start + length, unmasked: frame(bytes[0]!, payload, null) };
};
