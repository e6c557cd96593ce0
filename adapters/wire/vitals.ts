// How one url of a destination fares, by its own calls and by probes: whether it is asked, and for how large a share of its part.
import type { UrlState } from '../adapter.ts';
import type { Reason } from '../errors.ts';

/** Milliseconds, but for `ejectAfter`. */
export interface VitalsSettings {
  /** Failures one after the other for which it is left out. */
  readonly ejectAfter: number;
  /** How long the first time; each time in a row doubles it. */
  readonly ejectFor: number;
  /** Over which its share grows once it is asked again; 0: at once. */
  readonly slowStart: number;
}

export interface Chances {
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number;
  /** 0 ≤ chance < 1. */
  readonly chance: () => number;
}

/** Connections that do not come about tell more than replies that do not. */
const ejectAfterConnects = 2;
/** The most that doubling makes of `ejectFor`. */
const longest = 64;
/** Up to this part is added, so that replicas do not come back all at once. Below a doubling: the next time is always longer. */
const jitter = 0.25;
const leastShare = 0.05;

export class Vitals {
  readonly #settings: VitalsSettings;
  readonly #chances: Chances;
  readonly #changed: (state: UrlState, why: string) => void;
  #failures = 0;
  #connects = 0;
  /** Times in a row. */
  #ejections = 0;
  #ejectedUntil = -Infinity;
  #lasted = 0;
  /** It was left out and nobody has been answered since. */
  #isOnTrial = false;
  #isProbedWell = true;
  #probedWellSince = -Infinity;

  constructor(settings: VitalsSettings, chances: Chances, changed: (state: UrlState, why: string) => void) {
    this.#settings = settings;
    this.#chances = chances;
    this.#changed = changed;
  }

  get state(): UrlState {
    if (!this.#isProbedWell) return 'unhealthy';
    return this.#chances.now() < this.#ejectedUntil ? 'ejected' : 'healthy';
  }

  /** 0: not asked while there is another; 1: like any other; between: that part of it. */
  get share(): number {
    const since = Math.max(this.#ejectedUntil, this.#probedWellSince);
    if (this.#isProbedWell && since === -Infinity) return 1;
    const now = this.#chances.now();
    if (!this.#isProbedWell || now < this.#ejectedUntil) return 0;
    const { slowStart } = this.#settings;
    return slowStart === 0 ? 1 : Math.min(1, Math.max(leastShare, (now - since) / slowStart));
  }

  /** `began`: when the call was sent. What was sent before it was last left out says nothing of how it is now. */
  answered(began: number): void {
    if (began < this.#ejectedUntil) return;
    this.#failures = 0;
    this.#connects = 0;
    if (this.#ejections > 0 && began - this.#ejectedUntil > this.#lasted) this.#ejections = 0;
    if (!this.#isOnTrial) return;
    this.#isOnTrial = false;
    if (this.#isProbedWell) this.#changed('healthy', 'a call was answered');
  }

  failed(began: number, reason: Reason): void {
    if (began < this.#ejectedUntil) return;
    this.#failures += 1;
    this.#connects = reason === 'connect' ? this.#connects + 1 : 0;
    const { ejectAfter } = this.#settings;
    if (this.#isOnTrial) this.#eject(`the first call after that failed as well (${reason})`);
    else if (this.#connects >= Math.min(ejectAfterConnects, ejectAfter))
      this.#eject(`${this.#connects} connections in a row failed`);
    else if (this.#failures >= ejectAfter) this.#eject(`${this.#failures} calls in a row failed, last by ${reason}`);
  }

  #eject(why: string): void {
    this.#failures = 0;
    this.#connects = 0;
    this.#lasted =
      this.#settings.ejectFor * Math.min(longest, 2 ** this.#ejections) * (1 + jitter * this.#chances.chance());
    this.#ejections += 1;
    this.#ejectedUntil = this.#chances.now() + this.#lasted;
    this.#isOnTrial = true;
    this.#changed('ejected', `${why}; left out for ${(this.#lasted / 1000).toFixed(1)} s`);
  }

  /** What probes say of it, each time that changes. */
  probed(isWell: boolean, why: string): void {
    if (isWell === this.#isProbedWell) return;
    this.#isProbedWell = isWell;
    if (isWell) this.#probedWellSince = this.#chances.now();
    this.#changed(this.state, why);
  }
}
