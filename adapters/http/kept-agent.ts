// Connections of Node's own client, with the bounds that it lacks.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Tls } from '../wire/tls.ts';

export interface KeptAgent {
  readonly agent: HttpAgent;
  /** Was this connection made, with TLS where there is to be any? */
  readonly stood: (socket: Socket | null) => boolean;
  /** Ends idle connections. */
  readonly close: () => void;
}

export interface AgentSettings {
  readonly keepAlive: boolean;
  /** Milliseconds until a connection stands, with TLS where there is to be any. */
  readonly connectTimeout: number;
  /** Null: plain. */
  readonly tls: Tls | null;
}

/** A destination's own keep-alive is often 5 s: what is older is likelier dead than alive, and what dies under a call is a 502. */
const idleLimit = 4000;

export const keptAgent = ({ keepAlive, connectTimeout, tls }: AgentSettings): KeptAgent => {
  const kept = { keepAlive, maxSockets: 1024 };
  // Without a server name Node would take the client's Host for the name to check.
  const agent = tls === null ? new HttpAgent(kept) : new HttpsAgent({ ...kept, ...tls.options });
  const standing = new WeakSet<object>();
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = create(options, callback) as Socket;
    const overdue = (): void => void socket.destroy(new Error(`no connection within ${connectTimeout} ms`));
    const timer = setTimeout(overdue, connectTimeout);
    socket.once(tls === null ? 'connect' : 'secureConnect', () => standing.add(socket) && clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
    return socket;
  };
  // Node's agent keeps idle connections for as long as the destination does, and then races it.
  const keep = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket) => {
    const mayStay = keep(socket) as unknown as boolean; // typed as void, documented as a claim
    (socket as Socket).setTimeout(idleLimit);
    return mayStay;
  };
  return {
    agent,
    stood: (socket) => socket !== null && standing.has(socket),
    close: () => {
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    },
  };
};
