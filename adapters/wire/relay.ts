// The outbound edge: one call to one destination, byte for byte as it came (product promise P5).
// Only hop-by-hop lines go, and Via comes (RFC 9110 §7.6).
import type { Call, Deadline, Reply, ReplyHead, Send, Verdict } from '../adapter.ts';
import { AdapterError, SendError } from '../errors.ts';
import type { Asking, Connection } from './connection.ts';
import { crosses, listedByConnection, replyLines } from './headers.ts';
import type { Pool } from './pool.ts';
import type { StreamBody } from './stream-body.ts';

export interface RelaySettings {
  readonly pool: Pool;
  /** What asking twice does: a write never goes out on a doubtful connection, and never twice. */
  readonly write: boolean;
  /** The destination's path for a request target; identity where the paths agree. */
  readonly retarget: (target: string) => string;
  /** Sent instead of the client's Host; null keeps the client's (decision 6). */
  readonly host: string | null;
  /** Blame of a reply whose status alone does not say it all; may look at a prefix of the body. */
  readonly verdict: (head: ReplyHead, body: StreamBody) => Verdict | Promise<Verdict>;
}

/** `Send` over pooled connections. A reused connection that dies before a byte of reply is replaced once, see `mayRepeat`. */
export const relay =
  (settings: RelaySettings): Send =>
  (call, deadline) =>
    new Promise((resolve, reject) => new Relayed(settings, call, deadline, { resolve, reject }).start(false));

interface Waiter {
  readonly resolve: (reply: Reply | Promise<Reply>) => void;
  readonly reject: (error: unknown) => void;
}

/** One call on its way through, and its reply on the way back. */
class Relayed implements Asking {
  readonly call: Call;
  readonly deadline: Deadline;
  readonly #settings: RelaySettings;
  readonly #waiter: Waiter;
  #connection: Connection | null = null;
  #fresh = false;

  constructor(settings: RelaySettings, call: Call, deadline: Deadline, waiter: Waiter) {
    this.call = call;
    this.deadline = deadline;
    this.#settings = settings;
    this.#waiter = waiter;
  }

  /** `fresh`: on a connection that was never used. */
  start(fresh: boolean): void {
    const { call, deadline } = this;
    const { pool, write } = this.#settings;
    if (deadline.ended !== null) throw new SendError('ERR_ABORTED', 'reset', 'nothing', 'the client has left');
    const connection = pool.acquire(write, fresh);
    this.#fresh = fresh;
    this.#connection = connection;
    // So that a body whose end is not here yet can be sent again.
    if (connection.reused && !write) call.body.hold(heldForRepeat);
    connection.start(headOf(call, this.#settings), this);
  }

  received(head: ReplyHead, body: StreamBody): void {
    this.#connection = null;
    const verdict = this.#settings.verdict(head, body);
    this.#waiter.resolve(
      verdict instanceof Promise ? judged(verdict, head, body) : new RelayedReply(head, body, verdict),
    );
  }

  failed(error: AdapterError): void {
    const connection = this.#connection;
    this.#connection = null;
    if (this.#fresh || connection?.stale !== true || !mayRepeat(error, this.call, this.#settings.write))
      return this.#waiter.reject(error);
    try {
      this.start(true);
    } catch (refused) {
      this.#waiter.reject(refused);
    }
  }
}

class RelayedReply implements Reply {
  readonly head: ReplyHead;
  readonly body: StreamBody;
  readonly verdict: Verdict;

  constructor(head: ReplyHead, body: StreamBody, verdict: Verdict) {
    this.head = { status: head.status, reason: head.reason, raw: replyLines(head.raw) };
    this.body = body;
    this.verdict = verdict;
  }

  discard(): void {
    this.body.abandon();
  }

  over(listener: (why: AdapterError | null) => void): void {
    this.body.over(listener);
  }
}

/** A reply that breaks off while it is looked at has failed before anybody saw it. */
const judged = async (verdict: Promise<Verdict>, head: ReplyHead, body: StreamBody): Promise<Reply> => {
  try {
    return new RelayedReply(head, body, await verdict);
  } catch (error) {
    if (!(error instanceof AdapterError) || error.code === 'ERR_ABORTED') throw error;
    const reason = error.code === 'ERR_TIMEOUT' ? 'timeout' : 'truncated';
    throw new SendError(error.code, reason, 'all', error.message, { cause: error });
  }
};

/** Bytes; larger calls are not repeated. */
const heldForRepeat = 64 * 1024;

/**
 * A kept connection that ends before a byte of reply had most likely gone stale, but the destination may have read the call and
 * acted. So it is repeated only if its body is still here, and either not a byte of it went out or it may be asked twice:
 * as what it was identified, for a head may name a read and its body a write. `write`: where nobody identified it.
 */
const mayRepeat = (error: AdapterError, call: Call, write: boolean): boolean => {
  if (!(error instanceof SendError) || error.reason !== 'reset' || call.body.again === 'gone') return false;
  return error.reached === 'nothing' || ((call.repeatable ?? !write) && !isSecured(call));
};

/** Decision 19: what WS-Security vouches for is good once. All its namespaces, from the drafts on, have this word. */
const isSecured = ({ body: { bytes } }: Call): boolean =>
  bytes === null || bytes.includes('secext') || bytes.includes('secext', 0, 'utf16le');

const headOf = (call: Call, settings: RelaySettings): string => {
  const { method, target, raw } = call.head;
  const listed = listedByConnection(raw);
  let head = `${method} ${settings.retarget(target)} HTTP/1.1\r\n`;
  let hasHost = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (!crosses(name, listed) || isOwn(name)) continue;
    let value = raw[i + 1]!;
    if (name.length === 4 && name.toLowerCase() === 'host') {
      hasHost = true;
      value = settings.host ?? value;
    } else if (name.length === 6 && call.expects === null && name.toLowerCase() === 'expect') continue;
    head += `${name}: ${value}\r\n`;
  }
  // An HTTP/1.0 client may have none; what we send is HTTP/1.1, where servers refuse that (RFC 9112 §3.2).
  if (!hasHost) head += `Host: ${settings.host ?? settings.pool.authority}\r\n`;
  if (!settings.pool.keepAlive) head += 'Connection: close\r\n';
  return `${head}Via: ${call.head.http} strangler\r\n\r\n`;
};

// Headers that steer the gateway stop at the gateway (reliability R3).
const isOwn = (name: string): boolean => name.length > 12 && name.toLowerCase().startsWith('x-strangler-');

/** Status alone: 5xx is the destination's failure, 4xx the client's. */
export const verdictByStatus = (status: number): Verdict => {
  if (status >= 500) return { blame: 'destination', reason: '5xx' };
  return { blame: status >= 400 ? 'client' : 'nobody' };
};
