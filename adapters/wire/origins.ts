// Connections of a destination with several urls, or one whose health is looked after: a pool for each, and the choice among them.
import type { Affinity, Bond, Call, DestinationHealth, UrlChange } from '../adapter.ts';
import { leastLoaded, ofKey } from './choose.ts';
import type { Connection } from './connection.ts';
import type { OwnLine } from './own-line.ts';
import { Pool, type PoolSettings } from './pool.ts';
import type { Prober } from './prober.ts';
import { Vitals, type Chances, type VitalsSettings } from './vitals.ts';

/** One url, told by its authority: scheme and path are the same for all. */
export class Origin {
  readonly vitals: Vitals;
  readonly pool: Pool;

  constructor(pool: Pool, vitals: Vitals) {
    this.pool = pool;
    this.vitals = vitals;
  }

  get authority(): string {
    return this.pool.authority;
  }

  get inFlight(): number {
    return this.pool.inFlight;
  }

  get share(): number {
    return this.vitals.share;
  }
}

export interface OriginsSettings {
  readonly pools: readonly PoolSettings[];
  readonly vitals: VitalsSettings;
}

export class Origins implements DestinationHealth {
  readonly all: readonly Origin[];
  readonly keepAlive: boolean;
  readonly #chances: Chances;
  readonly #ofBond = new WeakMap<Bond, Origin>();
  #listener: ((change: UrlChange) => void) | null = null;
  #probers: readonly Prober[] = [];

  constructor({ pools, vitals }: OriginsSettings, chances: Chances) {
    this.#chances = chances;
    this.all = pools.map((settings) => {
      const pool = new Pool(settings);
      const one = new Vitals(vitals, chances, (state, why) =>
        this.#listener?.({ url: pool.authority, state, why, left: this.#left }),
      );
      const origin = new Origin(pool, one);
      pool.origin = origin;
      return origin;
    });
    this.keepAlive = pools.every(({ keepAlive }) => keepAlive);
  }

  get isSeveral(): boolean {
    return this.all.length > 1;
  }

  get authority(): string {
    return this.all[0]!.authority;
  }

  get inFlight(): number {
    let sum = 0;
    for (const { inFlight } of this.all) sum += inFlight;
    return sum;
  }

  get urls(): DestinationHealth['urls'] {
    return this.all.map(({ authority, inFlight, share, vitals }) => ({
      url: authority,
      state: vitals.state,
      share,
      inFlight,
    }));
  }

  get #left(): number {
    return this.all.filter(({ share }) => share > 0).length;
  }

  /** For a call, or for an upgrade. `not`: those that could not be connected to for it. */
  choose(session: string | null, affinity: Affinity | null, not: readonly Origin[] = []): Origin {
    if (!this.isSeveral) return this.all[0]!;
    const left = not.length === 0 ? this.all : this.all.filter((one) => !not.includes(one));
    if (session === null || affinity === null) return leastLoaded(left, this.#chances.chance) ?? this.all[0]!;
    const known = affinity.recall(session);
    const isOpen = left.some(({ share }) => share > 0);
    const kept = left.find(({ authority, share }) => authority === known && (share > 0 || !isOpen));
    const found = kept ?? ofKey(session, left) ?? this.all[0]!;
    affinity.remember(session, found.authority);
    return found;
  }

  /** A connection for one call. */
  acquire(write: boolean, fresh: boolean, going: Going): Connection {
    const { affinity, call, not } = going;
    const session = affinity === null || !this.isSeveral ? null : affinity.keyOf(call);
    return this.choose(session, affinity, not).pool.acquire(write, fresh);
  }

  /** The way of a client whose connection says who calls: to one url, as long as that is there. `met`: where it was asked who it is. */
  lineOf(bond: Bond, met: Connection | null = null): OwnLine {
    const there = met?.origin ?? null;
    const known = there === null ? this.#ofBond.get(bond) : this.all.find((one) => one === there);
    const origin = known !== undefined && (bond.identified || known.share > 0) ? known : this.choose(null, null);
    this.#ofBond.set(bond, origin);
    return origin.pool.lineOf(bond);
  }

  /** `probers`: one for each url. */
  probe(probers: readonly Prober[]): void {
    this.#probers = probers;
  }

  start(listener: (change: UrlChange) => void): void {
    this.#listener = listener;
    for (const prober of this.#probers) prober.start();
  }

  close(): void {
    this.#listener = null;
    for (const prober of this.#probers) prober.stop();
    for (const { pool } of this.all) pool.close();
  }
}

export interface Going {
  readonly call: Call;
  readonly affinity: Affinity | null;
  readonly not: readonly Origin[];
}
