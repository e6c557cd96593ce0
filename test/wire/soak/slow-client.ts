// Clients that take their time: one sends a byte now and then, the other reads a little now and then.
import { connect } from 'node:net';

/** What a client was given: all bytes of its answer, or why there are none. */
export interface SlowAnswer {
  readonly status: string;
  readonly bytes: number;
}

export interface Slowness {
  readonly port: number;
  readonly path: string;
  /** Milliseconds between two sips, and how many there are. */
  readonly pause: number;
  readonly sips: number;
}

/** Sends its head in pieces and its body byte by byte. */
export const slowSender = ({ port, path, pause, sips }: Slowness): Promise<SlowAnswer> =>
  answered(port, (socket, tick) => {
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${sips}\r\n\r\n`;
    const parts = [head.slice(0, 20), head.slice(20), ...Array.from({ length: sips }, () => 'x')];
    tick(pause, () => {
      const part = parts.shift();
      if (part !== undefined) socket.write(part);
      return parts.length > 0;
    });
  });

/** Reads one piece of its answer at a time. */
export const slowReader = ({ port, path, pause, sips }: Slowness): Promise<SlowAnswer> =>
  answered(port, (socket, tick) => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    socket.pause();
    let left = sips;
    socket.on('data', () => left > 0 && socket.pause());
    tick(pause, () => {
      left--; // after the last, the rest at once
      socket.resume();
      return left > 0;
    });
  });

type Tick = (pause: number, sip: () => boolean) => void;

const answered = (
  port: number,
  behave: (socket: ReturnType<typeof connect>, tick: Tick) => void,
): Promise<SlowAnswer> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let [head, bytes] = ['', 0];
    let timer: NodeJS.Timeout | undefined;
    socket.on('data', (piece: Buffer) => {
      if (head.length < 4096) head += piece.toString('latin1');
      bytes += piece.length;
    });
    socket.on('error', (error) => (head = error.message));
    socket.on('close', () => {
      clearInterval(timer);
      const end = head.indexOf('\r\n\r\n');
      resolve({ status: head.slice(0, head.indexOf('\r\n')) || head, bytes: end === -1 ? 0 : bytes - end - 4 });
    });
    behave(socket, (pause, sip) => (timer = setInterval(() => sip() || clearInterval(timer), pause)));
  });
