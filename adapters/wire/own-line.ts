// The one connection of one client to one destination, from its first NTLM or Negotiate on: its calls go over it one after the other,
// nobody else's ever do, and both end together (decision 13).
import type { Bond } from '../adapter.ts';
import { SendError, type AdapterError } from '../errors.ts';
import type { Keeper } from './connection-ends.ts';
import type { Connection } from './connection.ts';

/** A call that waits for the line. */
export interface Waiting {
  /** Does it bring NTLM or Negotiate? */
  readonly identifies: boolean;
  begin(connection: Connection): void;
  failed(error: AdapterError): void;
}

/** Where connections come from. */
export interface Source {
  /** One more call under way, over `kept` or a new connection. Throws SendError `full`. */
  acquireFor(keeper: Keeper, kept: Connection | null): Connection;
}

export class OwnLine implements Keeper {
  readonly #source: Source;
  readonly #bond: Bond;
  readonly #waiting: Waiting[] = [];
  #connection: Connection | null = null;
  #isBusy = false;
  /** NTLM or Negotiate went over it: what comes after it without says who calls no more than the connection does. */
  #isIdentified = false;
  #isLost = false;

  constructor(source: Source, bond: Bond) {
    this.#source = source;
    this.#bond = bond;
  }

  /** Begins now, or when those before it are done; clients may send calls before the last one is answered. */
  ask(call: Waiting): void {
    if (this.#isBusy) this.#waiting.push(call);
    else this.#go(call);
  }

  /** It waits no more. False: it does not wait here. */
  leave(call: Waiting): boolean {
    const at = this.#waiting.indexOf(call);
    if (at !== -1) this.#waiting.splice(at, 1);
    return at !== -1;
  }

  /** The connection that a challenge came on becomes the client's own. False: it has one already. */
  adopt(connection: Connection): boolean {
    if (this.#connection !== null || this.#isBusy || this.#isLost) return false;
    connection.keeper = this;
    this.#connection = connection;
    this.#isBusy = true;
    return true;
  }

  /** The destination will close it after this reply: told before the client is answered. */
  closing(): void {
    if (this.#isIdentified) this.#bond.end();
  }

  released(connection: Connection, kept: boolean): void {
    if (connection !== this.#connection) return;
    this.#isBusy = false;
    if (!kept) this.#lost();
    else if (this.#isLost) connection.destroy();
    else connection.idleSince = performance.now();
    const next = this.#waiting.shift();
    if (next !== undefined) this.#go(next);
  }

  /** The client has left: ends now, or with the call under way. The rest of a call that has been answered will not come. */
  close(): void {
    this.#isLost = true;
    if (this.#connection?.isAnswered === true) this.#connection.destroy();
    else this.retire();
  }

  /** The destination is no longer the same; what is under way is finished. */
  retire(): void {
    if (!this.#isBusy) this.#connection?.destroy();
  }

  #go(call: Waiting): void {
    // On another connection it would be somebody else's call, or nobody's.
    if (this.#isLost)
      return call.failed(
        new SendError('ERR_RESET', 'reset', 'nothing', 'the connection that says who calls has ended'),
      );
    if (!this.#isIdentified && this.#isStale) this.#drop();
    this.#isBusy = true;
    try {
      this.#connection = this.#source.acquireFor(this, this.#connection);
    } catch (error) {
      this.#isBusy = false;
      return call.failed(error as AdapterError);
    }
    this.#isIdentified ||= call.identifies;
    call.begin(this.#connection);
  }

  get #isStale(): boolean {
    return this.#connection !== null && performance.now() - this.#connection.idleSince > idleLimit;
  }

  #drop(): void {
    const connection = this.#connection;
    this.#connection = null;
    connection?.destroy();
  }

  #lost(): void {
    this.#connection = null;
    if (!this.#isIdentified) return;
    this.#isLost = true;
    this.#bond.end();
  }
}

/** Milliseconds; while it says nothing about its client, a new one is as good as one that has been idle for longer. */
const idleLimit = 1000;
