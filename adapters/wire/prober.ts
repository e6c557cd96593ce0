// Asks one url again and again how it is. A probe's word decides only which urls are asked first, never on which side a call is answered.
import type { Chances, Vitals } from './vitals.ts';

export interface ProberSettings {
  /** Milliseconds between two probes, give or take a tenth. */
  readonly every: number;
  /** Probes in a row that change what is thought of it. */
  readonly unhealthyAfter: number;
  readonly healthyAfter: number;
}

export interface Probed {
  readonly isWell: boolean;
  /** What was found. */
  readonly what: string;
}

/** Never rejects; bounded in time. Null: nothing was learnt, for it could not be asked. */
export type Probe = () => Promise<Probed | null>;

export class Prober {
  readonly #settings: ProberSettings;
  readonly #vitals: Vitals;
  readonly #probe: Probe;
  readonly #chance: Chances['chance'];
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;
  #isWell = true;
  /** Probes in a row that say otherwise. */
  #against = 0;

  constructor(
    settings: ProberSettings,
    vitals: Vitals,
    asking: { readonly probe: Probe; readonly chance: () => number },
  ) {
    this.#settings = settings;
    this.#vitals = vitals;
    this.#probe = asking.probe;
    this.#chance = asking.chance;
  }

  /** The first one comes at any time within the first interval: replicas and urls are not asked all at once. */
  start(): void {
    if (this.#timer !== null || this.#isStopped) return;
    this.#wait(this.#settings.every * this.#chance());
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => void this.#ask(), ms).unref();
  }

  async #ask(): Promise<void> {
    const found = await this.#probe();
    if (this.#isStopped) return;
    if (found !== null) this.take(found);
    this.#wait(this.#settings.every * (0.9 + 0.2 * this.#chance()));
  }

  take({ isWell, what }: Probed): void {
    if (isWell === this.#isWell) {
      this.#against = 0;
      return;
    }
    this.#against += 1;
    const { unhealthyAfter, healthyAfter } = this.#settings;
    if (this.#against < (isWell ? healthyAfter : unhealthyAfter)) return;
    this.#against = 0;
    this.#isWell = isWell;
    this.#vitals.probed(isWell, `its probes say so: ${what}`);
  }
}
