// The wire on both sides of a running gateway: a bare client before it, and behind it an upstream that keeps what came, byte for byte,
// and answers what the row says. All bytes are held as latin1, which loses none.
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { catalog } from '../helpers/catalog.ts';
import { eventually, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawClient, type RawClient } from '../helpers/raw-client.ts';
import { rawUpstream } from '../helpers/raw-upstream.ts';
import { framed, leastLength, replyIn, type RawReply } from './messages.ts';

/**
 * How a call gets to legacy: by a route with nothing to decide; by a SOAP route at weight 0, where head and body flow through; by one that
 * reads the body before it decides for legacy; and as the second attempt, modern being down.
 */
export const kinds = ['proxy', 'relay', 'judged', 'fallback'] as const;
export type Kind = (typeof kinds)[number];
/** Those whose carrier is the relay. */
export const relayed = ['relay', 'judged', 'fallback'] as const satisfies readonly Kind[];

/** What the upstream writes for every request. */
export interface Canned {
  /** As soon as the head is there. */
  readonly atHead?: string;
  /** Once the request is whole. */
  readonly reply?: string;
  /** What becomes of the connection after the last of them. */
  readonly after?: 'end' | 'reset';
}

/** A request as it came. */
export interface Asked {
  /** Number of the connection it came by. */
  readonly connection: number;
  /** To its empty line, included. */
  readonly head: string;
  /** With its framing. */
  readonly body: string;
  whole: boolean;
  /** Whether its connection has ended. */
  readonly closed: boolean;
  /** Writes to its connection. */
  say(bytes: string): void;
}

export interface Wire {
  readonly gateway: Gateway;
  /** All requests so far. */
  readonly asked: readonly Asked[];
  readonly upstreamPort: number;
  answer(canned: Canned): void;
  client(t: ExecutionContext): RawClient;
}

/** YAML, indented by two; `{url}` in it is the upstream's. */
interface More {
  readonly destinations?: string;
  readonly routes?: string;
}
type Test = Pick<ExecutionContext, 'teardown'>;

/** Routes `/KIND/**` of all kinds, and whatever `more` says, which may name the destinations `old`, `web` and `gone`. */
export const startWire = async (t: Test, more: More = {}): Promise<Wire> => {
  let canned: Canned = {};
  const asked: Asked[] = [];
  const states: State[] = [];
  const upstream = await rawUpstream(t, (socket, soFar, index) => {
    const state = (states[index] ??= opened(socket));
    for (;;) {
      if (state.current !== null) state.current.came = soFar;
      // Looking anew at all of a large body for each of its pieces would take longer than the rest.
      if (state.current !== null && soFar.length < state.current.least) return;
      const rest = soFar.slice(state.at);
      const end = rest.indexOf('\r\n\r\n') + 4;
      if (end < 4) return;
      if (state.current === null) {
        state.current = new Asking(state, index, rest.slice(0, end));
        state.current.came = soFar;
        asked.push(state.current);
        if (canned.atHead !== undefined)
          write(socket, canned.atHead, canned.reply === undefined ? canned.after : undefined);
      }
      const { current } = state;
      const length = framed(current.head, rest.slice(end), false);
      if (length === null) return;
      current.came = soFar.slice(0, state.at + end + length);
      current.whole = true;
      state.at += end + length;
      state.current = null;
      if (canned.reply !== undefined) write(socket, canned.reply, canned.after);
    }
  });
  const url = `http://127.0.0.1:${upstream.port}`;
  const gateway = await gatewayHere(t, fileOf(url, more));
  return {
    gateway,
    asked,
    upstreamPort: upstream.port,
    answer: (next) => (canned = next),
    client: (by) => rawClient(by, Number(new URL(gateway.url).port)),
  };
};

interface State {
  readonly socket: Socket;
  at: number;
  current: Asking | null;
  closed: boolean;
}
const opened = (socket: Socket): State => {
  const state: State = { socket, at: 0, current: null, closed: false };
  socket.once('close', () => (state.closed = true));
  return state;
};

class Asking implements Asked {
  readonly connection: number;
  readonly head: string;
  /** All that came by its connection, until it is whole. */
  came = '';
  whole = false;
  /** As long is `came`, at least, when it is whole. */
  readonly least: number;
  readonly #state: State;
  readonly #from: number;

  constructor(state: State, connection: number, head: string) {
    this.#state = state;
    this.#from = state.at + head.length;
    this.connection = connection;
    this.head = head;
    this.least = state.at + leastLength(head);
  }

  get body(): string {
    return this.came.slice(this.#from);
  }

  get closed(): boolean {
    return this.#state.closed;
  }

  say(bytes: string): void {
    this.#state.socket.write(bytes, 'latin1');
  }
}

const write = (socket: Socket, bytes: string, after: Canned['after']): void => {
  if (after === 'end') socket.end(bytes, 'latin1');
  else if (after === 'reset') socket.write(bytes, 'latin1', () => setImmediate(() => socket.resetAndDestroy()));
  else socket.write(bytes, 'latin1');
};

const fileOf = (url: string, { destinations = '', routes = '' }: More): string => `
destinations:
  web: { adapter: http, url: '${url}' }
  old: { adapter: soap, url: '${url}', wsdl: '${catalog.wsdl}' }
  gone: { adapter: soap, url: 'http://127.0.0.1:1', wsdl: '${catalog.wsdl}' }
${destinations.replaceAll('{url}', url)}
routes:
  proxy: { match: { path: /proxy/** }, legacy: web }
  relay: { match: { path: /relay/** }, protocol: soap, legacy: old, modern: gone, operations: ${operations(0)} }
  judged: { match: { path: /judged/** }, protocol: soap, legacy: old, modern: gone, cohort: ip, exclude: [127.0.0.1], operations: ${operations(50)} }
  fallback: { match: { path: /fallback/** }, protocol: soap, legacy: old, modern: gone, operations: ${operations(100)} }
${routes}`;

/** As a flow map. */
export const operations = (weight: number): string =>
  `{ ${['Find', 'EchoTexts', 'Price', 'Tell'].map((name) => `${name}: { effect: read, weight: ${weight} }`).join(', ')} }`;

/** One request on a connection of its own, and all that became of it. */
export interface Exchanged {
  /** The one request that arrived. Fails the test where there is none or a second one. */
  readonly up: Asked;
  readonly down: RawReply;
}

/** Sends `request` and waits for the whole reply, or the end of the connection. */
export const exchange = async (
  t: ExecutionContext,
  wire: Wire,
  { request, answer }: { request: string; answer: Canned },
): Promise<Exchanged> => {
  wire.answer(answer);
  const before = wire.asked.length;
  const client = wire.client(t);
  client.send(request);
  const isHead = request.startsWith('HEAD ');
  let least = 0;
  const text = await client.until((soFar) => {
    if (soFar.length < least) return false;
    const reply = replyIn(soFar, { isHead, ended: false });
    if (reply !== null) least = reply.interim.join('').length + leastLength(reply.head);
    return reply?.whole === true;
  });
  const down = replyIn(text, { isHead, ended: client.ended });
  const arrived = wire.asked.slice(before);
  t.is(arrived.length, 1, `${arrived.length} requests arrived`);
  if (down === null && text !== '') throw new Error(`no reply but ${JSON.stringify(text.slice(0, 500))}`);
  client.socket.destroy();
  // What closes is not to be met by the next row.
  if (answer.after !== undefined) await eventually(() => arrived[0]!.closed, patience);
  return { up: arrived[0]!, down: down ?? cutOff };
};

/** The connection was closed without a byte. */
const cutOff: RawReply = { interim: [], head: '', status: 0, body: '', whole: false, ended: true };

/** Registers rows over one gateway of the file's own. A row runs once for each of the ways `on`, one after the other. */
export const rows = (more: More = {}): { row: Row; wire: () => Wire } => {
  const closing: (() => unknown)[] = [];
  let started: Wire | null = null;
  test.before(async () => {
    started = await startWire({ teardown: (close) => void closing.push(close) }, more);
  });
  test.after.always(async () => {
    for (const close of closing.toReversed()) await close();
  });
  const wire = (): Wire => {
    if (started === null) throw new Error('not started: rows run after `before`');
    return started;
  };
  const row: Row = (title, run, on = kinds) => {
    for (const kind of on) {
      test.serial(`${title}, by ${kind}`, (t) => {
        t.timeout(60_000); // what waits for a message that never ends has no end of its own
        return run({
          t,
          kind,
          wire: wire(),
          exchange: (asking, answer) => exchange(t, wire(), { request: asking, answer }),
        });
      });
    }
  };
  return { row, wire };
};

export interface Run {
  readonly t: ExecutionContext;
  readonly kind: Kind;
  readonly wire: Wire;
  readonly exchange: (request: string, answer: Canned) => Promise<Exchanged>;
}
type Row = (title: string, run: (run: Run) => Promise<void>, on?: readonly Kind[]) => void;

/** Milliseconds for what takes a few, on a machine that has much to do. */
export const patience = 30_000;

export const sha256 = (latin1: string): string => createHash('sha256').update(latin1, 'latin1').digest('hex');
