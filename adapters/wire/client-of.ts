// Whose connection a balancer passes on, where it has told (PROXY protocol). It stands on the socket itself.
import type { Socket } from 'node:net';

const client = Symbol('client');
type Marked = Socket & { [client]?: string };

/** Address of the client, as text: what was told of this connection, or its peer. */
export const addressOf = (socket: Socket): string => (socket as Marked)[client] ?? socket.remoteAddress ?? '';

export const tellAddress = (socket: Socket, address: string): void => {
  (socket as Marked)[client] = address;
};
