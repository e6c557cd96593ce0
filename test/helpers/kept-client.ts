// A client on one connection that is kept: a call, its reply, the next call. For many of them at once.
import { connect, type Socket } from 'node:net';

export interface KeptReply {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export class KeptClient {
  readonly #socket: Socket;
  #got = '';
  #isOver = false;
  #settle: (reply: KeptReply | null) => void = () => undefined;
  readonly closed: Promise<void>;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => {
      this.#got += text;
      this.#read();
    });
    this.#socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', () => {
        this.#isOver = true;
        this.#settle(null);
        resolve();
      });
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Null: the connection ended instead. */
  ask(line: string, headers: Readonly<Record<string, string>> = {}, body = ''): Promise<KeptReply | null> {
    if (this.#isOver) return Promise.resolve(null);
    const lines = Object.entries({ Host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    const length = body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#socket.write(`${line} HTTP/1.1\r\n${lines.join('')}${length}\r\n${body}`);
    });
  }

  /** Exact bytes of so many requests at once; their last reply, or null. */
  raw(bytes: string, replies: number): Promise<KeptReply | null> {
    return new Promise((resolve) => {
      let left = replies;
      this.#settle = (reply) => {
        left--;
        if (reply === null || left === 0) resolve(reply);
      };
      this.#socket.write(bytes);
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(): void {
    const end = this.#got.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.#got.slice(0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#got.length < end + 4 + length) return;
    const body = this.#got.slice(end + 4, end + 4 + length);
    this.#got = this.#got.slice(end + 4 + length);
    this.#settle({ status: Number(head.slice(9, 12)), head, body });
    this.#read();
  }
}
