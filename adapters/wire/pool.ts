// Connections of one destination: idle ones are kept a while, last in first out, and one clock watches every wait.
import type { Bond } from '../adapter.ts';
import type { Address, Keeper, Owner, Watched } from './connection-ends.ts';
import { Connection } from './connection.ts';
import { OwnLine } from './own-line.ts';

export interface PoolSettings {
  readonly address: Address;
  /** Milliseconds; to a standing connection, TLS included. */
  readonly connectTimeout: number;
  /** Milliseconds to the first byte of the reply, and then between bytes (decision 12). */
  readonly timeout: number;
  readonly keepAlive: boolean;
  /** Told for each connection that did not come about for want of a file descriptor; absent: nobody is. */
  readonly outOfFiles?: (() => void) | undefined;
}

// A destination's own keep-alive is often 5 s; what is older is likelier dead than alive.
const idleLimit = 4000;
/** Decision 19: a write never uses a connection that has been idle for longer, so that stale ones don't become errors. */
const idleLimitForWrites = 1000;
const tick = 50;

export class Pool implements Owner {
  readonly connectTimeout: number;
  readonly timeout: number;
  readonly keepAlive: boolean;
  readonly outOfFiles: () => void;
  /** `host:port`, the port where it is not the scheme's own. */
  readonly authority: string;
  readonly isSeveral = false;
  /** The url of several that it is the pool of; null: nobody looks how this one fares. */
  origin: Watched | null = null;
  readonly #address: Address;
  readonly #idle: Connection[] = [];
  readonly #busy = new Set<Connection>();
  readonly #own = new Map<Bond, OwnLine>();
  #clock: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(settings: PoolSettings) {
    this.#address = settings.address;
    this.authority = authorityOf(settings.address);
    this.connectTimeout = settings.connectTimeout;
    this.timeout = settings.timeout;
    this.keepAlive = settings.keepAlive;
    this.outOfFiles = settings.outOfFiles ?? (() => undefined);
  }

  get inFlight(): number {
    return this.#busy.size;
  }

  /** A connection for one call. `fresh`: none that was used before. */
  acquire(write: boolean, fresh: boolean, _going?: unknown): Connection {
    return this.#busyWith((fresh ? null : this.#takeIdle(write)) ?? new Connection(this.#address, this));
  }

  /** A connection of one client's own: `kept`, or one that never carried anything. */
  acquireFor(keeper: Keeper, kept: Connection | null): Connection {
    const connection = kept ?? new Connection(this.#address, this);
    connection.keeper = keeper;
    connection.reused = kept !== null;
    return this.#busyWith(connection);
  }

  /** The way here of a client whose connection says who calls. */
  lineOf(bond: Bond, _met?: unknown): OwnLine {
    const known = this.#own.get(bond);
    if (known !== undefined) return known;
    const line = new OwnLine(this, bond);
    this.#own.set(bond, line);
    bond.onOver(() => {
      this.#own.delete(bond);
      line.close();
    });
    return line;
  }

  #busyWith(connection: Connection): Connection {
    this.#busy.add(connection);
    connection.origin = this.origin;
    this.#clock ??= setInterval(() => this.#look(), tick).unref();
    return connection;
  }

  #takeIdle(write: boolean): Connection | null {
    const connection = this.#idle.at(-1);
    if (connection === undefined) return null;
    if (performance.now() - connection.idleSince > (write ? idleLimitForWrites : idleLimit)) return null;
    this.#idle.pop();
    connection.reused = true;
    return connection;
  }

  released(connection: Connection, reusable: boolean): void {
    this.#busy.delete(connection);
    const isKept = reusable && this.keepAlive && !this.#closed;
    if (connection.keeper !== null && (isKept || !reusable)) return connection.keeper.released(connection, isKept);
    if (isKept) {
      connection.idleSince = performance.now();
      this.#idle.push(connection);
      return;
    }
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
    if (reusable) connection.destroy();
  }

  #look(): void {
    const now = performance.now();
    for (const connection of this.#busy) if (connection.dueAt <= now) connection.overdue();
    while (this.#idle.length > 0 && now - this.#idle[0]!.idleSince > idleLimit) this.#idle.shift()!.destroy();
    if (this.#busy.size > 0 || this.#idle.length > 0 || this.#clock === null) return;
    clearInterval(this.#clock);
    this.#clock = null;
  }

  /** Idle connections end now, the others when their calls are done. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
    for (const line of this.#own.values()) line.retire();
  }
}

const authorityOf = ({ host, port, tls }: Address): string => {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === (tls === null ? 80 : 443) ? name : `${name}:${port}`;
};
