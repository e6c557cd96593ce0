// Whose connection it is. Where a balancer passes it on and has told (PROXY protocol), that stands on the socket itself.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ClientLink, Raw } from '../adapter.ts';
import { ConnectionBond, isOfConnection } from './bond.ts';
import { headerOf } from './headers.ts';

const client = Symbol('client');
const link = Symbol('link');
type Marked = Socket & { [client]?: string; [link]?: ClientConnection };

/** Address of the client, as text: what was told of this connection, or its peer. */
export const addressOf = (socket: Socket): string => (socket as Marked)[client] ?? socket.remoteAddress ?? '';

export const tellAddress = (socket: Socket, address: string): void => {
  (socket as Marked)[client] = address;
};

/** The client's side of its calls, read from its connection when somebody asks. */
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

/** The one link of a connection of HTTP/1.1, for all its calls; the head of this one may say that the connection says who calls. */
export const linkOf = (socket: Socket, raw: Raw): ClientConnection => {
  const marked: Marked = socket;
  const found = (marked[link] ??= new ClientConnection(socket));
  if (isOfConnection(headerOf(raw, 'authorization'))) found.bind().identified = true;
  return found;
};

class ClientConnection extends SocketLink {
  bond: ConnectionBond | null = null;
  readonly #socket: Socket;
  #calls = 0;

  constructor(socket: Socket) {
    super(socket);
    this.#socket = socket;
  }

  bind(): ConnectionBond {
    if (this.bond !== null) return this.bond;
    const bond = new ConnectionBond(this);
    this.#socket.once('close', () => bond.over());
    return (this.bond = bond);
  }

  callBegins(): void {
    this.#calls++;
  }

  callEnds(): void {
    this.#calls--;
    if (this.bond?.isEnding === true) this.hangUp();
  }

  hangUp(): void {
    if (this.#calls === 0) this.#socket.destroySoon();
  }
}
