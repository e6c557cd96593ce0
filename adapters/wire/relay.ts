// The outbound edge: one call to one destination, byte for byte as it came (product promise P5).
// Only hop-by-hop lines go, and Via comes (RFC 9110 §7.6).
import type { Affinity, Call, Deadline, HeaderEdit, Raw, Reply, ReplyHead, Send, Verdict } from '../adapter.ts';
import { AdapterError, ClientBodyError, SendError } from '../errors.ts';
import { challengesConnection, isOfConnection } from './bond.ts';
import type { Asking } from './connection-ends.ts';
import type { Connection } from './connection.ts';
import { edited } from './header-edit.ts';
import { crosses, listedByConnection, replyLines } from './headers.ts';
import type { OwnLine, Waiting } from './own-line.ts';
import type { Connections } from './open-connections.ts';
import { Origins, type Origin } from './origins.ts';
import type { StreamBody } from './stream-body.ts';

export interface RelaySettings {
  readonly pool: Connections;
  /** Keeps the calls of a session at one url of several; absent: each call goes where there is least to do. */
  readonly affinity?: Affinity | null;
  /** What asking twice does: a write never goes out on a doubtful connection, and never twice. */
  readonly write: boolean;
  /** See `Asking`; absent: as the destination has it. */
  readonly timeout?: number | null;
  /** The destination's path for a request target; identity where the paths agree. */
  readonly retarget: (target: string) => string;
  /** Sent instead of the client's Host; null keeps the client's (decision 6). */
  readonly host: string | null;
  /** Lines of a call as the destination is to have them, hop-by-hop ones included; the client's where nothing is said. */
  readonly lines?: (call: Call) => Raw;
  /** Lines of a reply as the client is to have them; the destination's where nothing is said. */
  readonly back?: (raw: Raw, call: Call) => Raw;
  /** Blame of a reply whose status alone does not say it all; may look at a prefix of the body. */
  /** What the file sets and removes; absent: nothing. */
  readonly request?: HeaderEdit | null;
  readonly response?: HeaderEdit | null;
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
class Relayed implements Asking, Waiting {
  readonly call: Call;
  readonly deadline: Deadline;
  readonly #settings: RelaySettings;
  readonly #waiter: Waiter;
  #connection: Connection | null = null;
  /** Null: any connection will do. */
  #line: OwnLine | null = null;
  #fresh = false;
  /** Urls that no connection was to be had to. */
  #tried: readonly Origin[] = [];
  #tries = 0;

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
    if (deadline.ended !== null) throw over(deadline.ended);
    const bond = call.client.bond ?? null;
    if (bond !== null) {
      this.#line = pool.lineOf(bond);
      deadline.watch((why) => {
        if (this.#line?.leave(this) === true) this.failed(over(why));
      });
      return this.#line.ask(this);
    }
    const connection = pool.acquire(write, fresh, this);
    this.#fresh = fresh;
    // So that a body whose end is not here yet can be sent again.
    if ((connection.reused && !write) || pool.isSeveral) call.body.hold(heldForRepeat);
    this.begin(connection);
  }

  get affinity(): Affinity | null {
    return this.#settings.affinity ?? null;
  }

  get not(): readonly Origin[] {
    return this.#tried;
  }

  get timeout(): number | null {
    return this.#settings.timeout ?? null;
  }

  get identifies(): boolean {
    return isOfConnection(this.call.header('authorization'));
  }

  begin(connection: Connection): void {
    this.#connection = connection;
    connection.start(headOf(this.call, this.#settings, connection.origin?.authority ?? null), this);
  }

  received(head: ReplyHead, body: StreamBody): void {
    if (head.status === 401) this.#challenged(head.raw);
    // Answered or not, the body has to come: the handshake goes on behind it, on these two connections.
    if (this.identifies && this.#connection?.staysOpen === true) this.call.expects?.proceed();
    if (this.#connection?.staysOpen === false) this.#line?.closing();
    this.#learn(head.raw);
    this.#connection = null;
    const { verdict: judge, back, response = null } = this.#settings;
    const verdict = judge(head, body);
    const { status, reason } = head;
    const kept = replyLines(head.raw);
    const crossed = { status, reason, raw: edited(back === undefined ? kept : back(kept, this.call), response) };
    this.#waiter.resolve(
      verdict instanceof Promise ? judged(verdict, crossed, body) : new RelayedReply(crossed, body, verdict),
    );
  }

  /** A session is at the url where it began. */
  #learn(raw: Raw): void {
    const { affinity = null, pool } = this.#settings;
    const origin = this.#connection?.origin ?? null;
    if (affinity === null || origin === null || !pool.isSeveral) return;
    const begun = affinity.begunBy(raw);
    if (begun !== null) affinity.remember(begun, origin.authority);
  }

  /** What was asked for here, this client will answer here. */
  #challenged(raw: Raw): void {
    const { client } = this.call;
    if (this.#line !== null || !challengesConnection(raw)) return;
    const line = client.bind === undefined ? null : this.#settings.pool.lineOf(client.bind(), this.#connection);
    if (line?.adopt(this.#connection!) === true) this.#line = line;
    else this.#connection!.spend();
  }

  failed(error: AdapterError): void {
    const connection = this.#connection;
    this.#connection = null;
    if (this.#mayTryElsewhere(error, connection)) return this.#again(false);
    // On another connection a client's own call would be nobody's.
    if (
      this.#line !== null ||
      this.#fresh ||
      connection?.stale !== true ||
      !mayRepeat(error, this.call, this.#settings.write)
    )
      return this.#waiter.reject(error);
    this.#again(true);
  }

  /** Not a byte of it went anywhere: it is still the first time that it is sent, to the same destination. */
  #mayTryElsewhere(error: AdapterError, connection: Connection | null): boolean {
    const { pool } = this.#settings;
    if (!pool.isSeveral || this.#line !== null || !(pool instanceof Origins)) return false;
    if (!(error instanceof SendError) || error.reason !== 'connect' || error.reached !== 'nothing') return false;
    const met = pool.all.find((one) => one === connection?.origin);
    if (met === undefined || this.call.body.again === 'gone') return false;
    this.#tries += 1;
    // What a session has is there and nowhere else: it is asked for there until that url is left out.
    if ((this.affinity?.keyOf(this.call) ?? null) !== null) return this.#tries <= pool.all.length;
    this.#tried = [...this.#tried, met];
    return this.#tried.length < pool.all.length;
  }

  #again(fresh: boolean): void {
    try {
      this.start(fresh);
    } catch (refused) {
      this.#waiter.reject(refused);
    }
  }
}

/** Nobody waits for it any more, and not a byte of it was sent. */
const over = ({ code, message }: AdapterError): SendError =>
  new SendError(code, code === 'ERR_DEADLINE' ? 'timeout' : 'reset', 'nothing', message);

class RelayedReply implements Reply {
  readonly head: ReplyHead;
  readonly body: StreamBody;
  readonly verdict: Verdict;

  constructor(head: ReplyHead, body: StreamBody, verdict: Verdict) {
    this.head = head;
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
    if (!(error instanceof AdapterError) || error instanceof ClientBodyError || error.code === 'ERR_ABORTED')
      throw error;
    const reason = error.code === 'ERR_TIMEOUT' || error.code === 'ERR_DEADLINE' ? 'timeout' : 'truncated';
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
export const isSecured = ({ body: { bytes } }: Call): boolean =>
  bytes === null || bytes.includes('secext') || bytes.includes('secext', 0, 'utf16le');

const noLines: HeaderEdit['lines'] = [];

/** `met`: the url's own host and port, where there are several; null: settings say all. */
const headOf = (call: Call, settings: RelaySettings, met: string | null): string => {
  const { method, target } = call.head;
  const raw = settings.lines?.(call) ?? call.head.raw;
  const { request = null } = settings;
  const listed = listedByConnection(raw);
  let head = `${method} ${settings.retarget(target)} HTTP/1.1\r\n`;
  let hasHost = false;
  const host = settings.host === null ? null : (met ?? settings.host);
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (!crosses(name, listed) || isOwn(name)) continue;
    if (request !== null && request.drops.includes(name.toLowerCase())) continue;
    let value = raw[i + 1]!;
    if (name.length === 4 && name.toLowerCase() === 'host') {
      hasHost = true;
      value = host ?? value;
    } else if (name.length === 6 && call.expects === null && name.toLowerCase() === 'expect') continue;
    head += `${name}: ${value}\r\n`;
  }
  const added = request?.lines ?? noLines;
  for (let i = 0; i < added.length; i += 2) head += `${added[i]}: ${added[i + 1]}\r\n`;
  // An HTTP/1.0 client may have none; what we send is HTTP/1.1, where servers refuse that (RFC 9112 §3.2).
  if (!hasHost) head += `Host: ${host ?? met ?? settings.pool.authority}\r\n`;
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
