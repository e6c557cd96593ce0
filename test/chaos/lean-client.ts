// A client on one kept connection, one call at a time, that believes nothing: it sees what is cut, what is late and what is too much.
import { connect, type Socket } from 'node:net';
import { Messages } from './messages.ts';

export type Received =
  | { readonly is: 'answer'; readonly status: number; readonly body: string }
  /** The connection ended before, or inside, the answer. */
  | { readonly is: 'cut'; readonly what: string }
  | { readonly is: 'late' }
  /** Bytes after the end of the answer. */
  | { readonly is: 'surplus'; readonly what: string };

export interface LeanClient {
  /** Sends latin1. Never rejects. */
  call(request: string, withinMs: number): Promise<Received>;
  close(): void;
}

export const leanClient = (port: number): LeanClient => {
  let line: Line | null = null;
  return {
    async call(request, withinMs) {
      line = line === null || line.isOver ? new Line(port) : line;
      const received = await line.call(request, withinMs);
      if (received.is !== 'answer') line.close();
      return received;
    },
    close: () => line?.close(),
  };
};

class Line {
  readonly #socket: Socket;
  #messages = new Messages();
  #got: Buffer[] = [];
  #done: ((received: Received) => void) | null = null;
  #surplus = '';
  isOver = false;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#socket.on('error', () => undefined);
    this.#socket.on('end', () => this.#over('end'));
    this.#socket.on('close', () => this.#over('close'));
  }

  call(request: string, withinMs: number): Promise<Received> {
    return new Promise((resolve) => {
      if (this.#surplus !== '') return resolve({ is: 'surplus', what: this.#surplus });
      const timer = setTimeout(() => this.#tell({ is: 'late' }), withinMs);
      this.#done = (received) => {
        clearTimeout(timer);
        resolve(received);
      };
      this.#got = [];
      this.#socket.write(request, 'latin1');
    });
  }

  #take(bytes: Buffer): void {
    for (const part of this.#messages.split(bytes)) {
      if (this.#done === null) this.#surplus += part.bytes.toString('latin1');
      else {
        this.#got.push(part.bytes);
        if (part.last) this.#whole();
      }
    }
  }

  /** Told a tick later, so that what comes in one piece with the answer and is none of it is seen. */
  #whole(): void {
    const text = Buffer.concat(this.#got).toString('latin1');
    const tell = this.#done!;
    this.#done = null;
    if (/^HTTP\/1\.1 \d{3}[^]*\r\nconnection: *close\r\n/i.test(text.slice(0, text.indexOf('\r\n\r\n') + 2)))
      this.isOver = true;
    setImmediate(() => tell(this.#surplus === '' ? answerIn(text) : { is: 'surplus', what: this.#surplus }));
  }

  #over(how: string): void {
    this.isOver = true;
    const got = Buffer.concat(this.#got).length;
    this.#tell({ is: 'cut', what: `${how} after ${got === 0 ? 'nothing' : 'a part'} of the answer` });
  }

  #tell(received: Received): void {
    const tell = this.#done;
    this.#done = null;
    tell?.(received);
  }

  close(): void {
    this.isOver = true;
    this.#socket.destroy();
  }
}

const answerIn = (text: string): Received => {
  const end = text.indexOf('\r\n\r\n');
  const head = text.slice(0, end + 2);
  const body = text.slice(end + 4);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);
  return { is: 'answer', status, body: /\r\ntransfer-encoding:/i.test(head) ? dechunked(body) : body };
};

const dechunked = (text: string): string => {
  let [rest, whole] = [text, ''];
  for (;;) {
    const line = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, line), 16);
    if (!(size > 0)) return whole;
    whole += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 4 + size);
  }
};
