// A destination that knows its callers as Windows does: a handshake of two messages, and then by the connection alone (MS-NTHT).
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

export interface NtlmUpstream {
  readonly url: string;
  /** Each call that came on a connection that says something else than its caller thinks. Empty is what is wanted. */
  readonly wrong: string[];
  /** Calls answered as somebody, as nobody, and with the question who calls: they named a caller whom the connection does not know. */
  readonly answered: { known: number; anonymous: number; asked: number };
  /** Open connections, and those of them that are authenticated. */
  readonly connections: () => number;
  /** All that were ever made. */
  readonly made: () => number;
  readonly known: () => number;
  /** Calls of `/…dying`, whose connection ended instead of a reply. */
  readonly died: number;
  /** Calls of `/…slow` and `/…closing` so far: their replies' bodies come after a while. */
  readonly slow: () => number;
  /** Ends the connection of every caller of this name. */
  drop(user: string): void;
}

interface State {
  user: string | null;
  /** Whose handshake is half done. */
  greeted: string | null;
}

/**
 * Callers name themselves in `X-Caller`, for the check: a name, or `nobody`. `NTLM 1:name` is asked for `3:name`, on the same connection.
 * `reply`: body of an answer to whoever the connection says.
 */
export const ntlmUpstream = async (
  t: Pick<ExecutionContext, 'teardown'>,
  reply: (user: string, req: IncomingMessage) => { readonly type: string; readonly text: string } = plain,
): Promise<NtlmUpstream> => {
  const states = new Map<Socket, State>();
  const wrong: string[] = [];
  const answered = { known: 0, anonymous: 0, asked: 0 };
  let died = 0;
  let made = 0;
  let slow = 0;
  const handle = (req: IncomingMessage, res: ServerResponse): void => {
    const state = states.get(req.socket)!;
    const caller = req.headers['x-caller'] as string;
    const token = /^(NTLM|Negotiate) ([13]):(\w+)$/.exec(req.headers.authorization ?? '');
    const told = (what: string) => wrong.push(`${caller} ${req.method} ${req.url}: ${what}`);
    if (token !== null) {
      const [, scheme = '', message, user = ''] = token;
      if (state.user !== null && state.user !== user) told(`on the connection of ${state.user}`);
      if (message === '1') {
        state.greeted = user;
        res.writeHead(401, { 'WWW-Authenticate': `${scheme} 2:${user}`, 'Content-Length': '0' });
        return void res.end();
      }
      if (state.greeted !== user) told(`ends a handshake that ${state.greeted ?? 'nobody'} began here`);
      state.user = user;
    }
    const user = state.user ?? 'nobody';
    if (user === 'nobody' && caller !== 'nobody') {
      answered.asked++;
      res.writeHead(401, { 'WWW-Authenticate': ['Negotiate', 'NTLM'], 'Content-Length': '0' });
      return void res.end();
    }
    if (req.url?.endsWith('dying') === true) {
      died++;
      return void req.socket.destroy();
    }
    if (user !== caller) told(`answered as ${user}`);
    if (user === 'nobody') answered.anonymous++;
    else answered.known++;
    const { type, text } = reply(user, req);
    if (req.url?.endsWith('closing') === true) res.shouldKeepAlive = false;
    res.writeHead(200, { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(text)) });
    if (!/(?:slow|closing)$/.test(req.url ?? '')) return void res.end(text);
    res.flushHeaders();
    slow++;
    setTimeout(() => res.end(text), 100);
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    req.resume();
    req.on('end', () => handle(req, res));
  });
  server.on('connection', (socket: Socket) => {
    made++;
    states.set(socket, { user: null, greeted: null });
    socket.on('close', () => states.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    wrong,
    slow: () => slow,
    answered,
    connections: () => states.size,
    made: () => made,
    get died() {
      return died;
    },
    known: () => [...states.values()].filter(({ user }) => user !== null).length,
    drop(user) {
      for (const [socket, state] of states) if (state.user === user) socket.destroy();
    },
  };
};

const plain = (user: string) => ({ type: 'text/plain', text: `for ${user}` });
