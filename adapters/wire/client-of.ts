// Whose connection it is. Where a balancer passes it on and has told (PROXY protocol), that stands on the socket itself.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ClientLink } from '../adapter.ts';

const client = Symbol('client');
type Marked = Socket & { [client]?: string };

/** Address of the client, as text: what was told of this connection, or its peer. */
export const addressOf = (socket: Socket): string => (socket as Marked)[client] ?? socket.remoteAddress ?? '';

export const tellAddress = (socket: Socket, address: string): void => {
  (socket as Marked)[client] = address;
};

/** The client's side of a call, read from its connection when somebody asks. */
export class SocketLink implements ClientLink {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get address(): string {
    return addressOf(this.#socket);
  }

  get secure(): boolean {
    return 'encrypted' in this.#socket;
  }

  certificate(): string | null {
    if (!this.secure) return null;
    const socket = this.#socket as TLSSocket;
    // Null once the client has left, whatever the types say.
    const found = socket.getPeerCertificate() as { fingerprint256?: string } | null;
    return socket.authorized ? (found?.fingerprint256 ?? null) : null;
  }
}
