// As much of WebSocket (RFC 6455) as an echo of short text frames needs.
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Listener of `upgrade`: sends every frame back. */
export const echoed = (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
  const key = `${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let held = head;
  const take = (bytes: Buffer): void => {
    held = Buffer.concat([held, bytes]);
    for (let frame = frameIn(held); frame !== null; frame = frameIn(held)) {
      held = held.subarray(frame.length);
      socket.write(unmasked(frame));
    }
  };
  socket.on('data', take);
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.end());
  take(Buffer.alloc(0));
};

interface Frame {
  readonly first: number;
  readonly payload: Buffer;
  /** Bytes of the whole frame. */
  readonly length: number;
}

/** A masked frame of up to 65,535 bytes; null while some of it is missing. */
const frameIn = (bytes: Buffer): Frame | null => {
  if (bytes.length < 2) return null;
  const short = bytes[1]! & 0x7f;
  const from = short === 126 ? 8 : 6;
  if (bytes.length < from) return null;
  const size = short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < from + size) return null;
  const mask = bytes.subarray(from - 4, from);
  const payload = Buffer.from(bytes.subarray(from, from + size)).map((byte, i) => byte ^ mask[i % 4]!);
  return { first: bytes[0]!, payload: Buffer.from(payload), length: from + size };
};

const unmasked = ({ first, payload }: Frame): Buffer => {
  const { length } = payload;
  const head = length < 126 ? [first, length] : [first, 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), payload]);
};
