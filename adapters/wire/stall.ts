// A client that takes nothing of its reply holds a place at the destination, and memory here, for as long as it likes. So it is given
// but so long; what its kernel takes is progress, however little (Node looks at that before it tells of a timeout, and then ends the socket).
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

export class Stall {
  readonly #res: ServerResponse;
  readonly #ms: number;
  #isOn = false;
  #isFollowed = false;

  /** `ms`: Infinity for no bound. */
  constructor(res: ServerResponse, ms: number) {
    this.#res = res;
    this.#ms = ms;
  }

  /** Something waits for the client. */
  begin(): void {
    if (this.#isOn || this.#ms === Infinity) return;
    const { socket } = this.#res;
    // Its turn is after the answers to earlier calls.
    if (socket === null) return void this.#res.once('socket', () => this.begin());
    this.#isOn = true;
    socket.setTimeout(this.#ms);
    // Before Node's own listener, which sets the time that an idle connection has.
    if (!this.#isFollowed) this.#res.prependOnceListener('finish', () => this.end());
    this.#isFollowed = true;
  }

  /** All of it has gone. */
  end(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#res.socket?.setTimeout(0);
  }

  /** Of a reply that somebody else writes. */
  follow(): void {
    this.#res.once('pipe', (reply: Readable) => {
      reply.on('pause', () => this.begin());
      reply.on('resume', () => this.end());
    });
  }
}
