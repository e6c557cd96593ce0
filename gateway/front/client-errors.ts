// What Node's parser refuses, and what does not come in time. One answer at most, and the connection ends.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Trouble } from '../../adapters/adapter.ts';
import { rawReply } from '../../adapters/wire/raw-reply.ts';
import { failBody } from '../../adapters/wire/request-body.ts';
import type { TurnedAway } from '../events.ts';

/** How long a client may still read its answer, and we drop what it still sends. */
const farewell = 1000;

export const clientErrors = (http: Server, turned: (reason: TurnedAway) => void): void => {
  const told = new WeakSet<Socket>();
  http.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (told.has(socket)) return;
    const found = troubleOf(error);
    if (found === null || !socket.writable) {
      socket.destroy();
      return;
    }
    told.add(socket);
    const under = callOn(socket);
    if (under === null) {
      turned(found.reason);
      socket.end(rawReply(found.trouble));
    } else if (under.res.headersSent) {
      // Its answer is under way: what was asked in full is answered in full, what was not is cut.
      if (!under.req.complete) socket.destroy();
    } else {
      under.res.shouldKeepAlive = false;
      // Whoever reads its body is told, and answers in the caller's protocol.
      if (!under.req.complete && !failBody(under.req, error)) socket.end(rawReply(found.trouble));
    }
    if (under !== null && under.req.complete) under.res.once('close', () => socket.destroySoon());
    else setTimeout(() => socket.destroy(), farewell).unref();
  });
  http.on('drop', () => turned('connections'));
};

const underWay = '_httpMessage';

/** The call whose answer is due on a connection: Node's own handler asks in the same way. */
const callOn = (socket: Socket): { readonly req: IncomingMessage; readonly res: ServerResponse } | null => {
  const { [underWay]: res = null } = socket as Socket & { readonly [underWay]?: ServerResponse | null };
  return res === null ? null : { req: res.req, res };
};

interface Found {
  readonly reason: TurnedAway;
  readonly trouble: Trouble;
}

/** Null: the client has left, or its connection broke. */
const troubleOf = ({ code = '', message }: NodeJS.ErrnoException): Found | null => {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return found('slow', 408, 'ERR_TIMEOUT', 'did not come in time');
  if (code === 'HPE_HEADER_OVERFLOW')
    return found('header', 431, 'ERR_TOO_LARGE', 'has more bytes of headers than allowed');
  if (code === 'HPE_INVALID_EOF_STATE' || !code.startsWith('HPE_')) return null;
  const detail = message.replace(/^Parse Error: /, '');
  return found('malformed', 400, 'ERR_HEAD', `is malformed: ${detail.slice(0, 100)}`);
};

const found = (reason: TurnedAway, status: number, code: string, what: string): Found => ({
  reason,
  trouble: { status, code, message: `The request ${what}.`, blame: 'client' },
});
