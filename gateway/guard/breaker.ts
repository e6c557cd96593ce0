// One destination's one operation: may it be asked? Calls that were let through under an earlier state have no say in this one.
import type { Reason } from '../../adapters/errors.ts';
import type { BreakerState, Events, Forced } from '../events.ts';
import { failureWindow, type FailureWindow } from './failure-window.ts';
import { BreakerOpenError } from './open-error.ts';
import type { BreakerSettings } from './schema.ts';

export interface BreakerHouse {
  /** Milliseconds that never go back. */
  readonly steady: () => number;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  /** 0 ≤ chance < 1. */
  readonly chance: () => number;
  readonly events: Events;
}

export interface Guarded {
  readonly destination: string;
  readonly operation: string;
  /** Where the destination is; another address is another thing. */
  readonly address: string;
  readonly settings: BreakerSettings;
  /** Milliseconds after which a probe without an answer counts as failed. */
  readonly patience: number;
}

/** What a call was let through with. It says with it how it ended. */
export interface Pass {
  readonly at: number;
  /** The head of a reply that is no failure has come. */
  answered: boolean;
}

/** Held by hand it is closed, or open for ever. */
type State =
  | { readonly is: 'closed'; readonly since: number }
  | { readonly is: 'open'; readonly until: number }
  | { readonly is: 'half-open'; readonly underWay: Set<Pass>; good: number; bad: number };

/** Doublings of `openFor`. */
const mostDoublings = 3;
const jitter = 0.25;
const forever = Infinity;

export class Breaker {
  readonly of: Guarded;
  readonly #house: BreakerHouse;
  #state: State = { is: 'closed', since: -Infinity };
  #forced: Forced | null = null;
  #window: FailureWindow | null = null;
  #failedAt = 0;
  /** How often it has opened without a whole window of peace between. */
  #streak = 0;
  /** Of all calls while it is closed; another one after each change. */
  #pass: Pass = newPass(0);
  #refusal: BreakerOpenError | null = null;
  readonly #changes: Record<BreakerState, number> = { closed: 0, 'half-open': 0, open: 0 };

  constructor(of: Guarded, house: BreakerHouse) {
    this.of = of;
    this.#house = house;
  }

  get state(): BreakerState {
    return this.#state.is;
  }

  get forced(): Forced | null {
    return this.#forced;
  }

  /** How often it came into each state. */
  get changes(): Readonly<Record<BreakerState, number>> {
    return this.#changes;
  }

  /** It counts calls, has changed, or is held by hand: worth being shown. */
  get isOfNote(): boolean {
    return this.#window !== null || this.#forced !== null || this.#changes.open > 0;
  }

  /** Null: not now; `refusal` says so. */
  admit(): Pass | null {
    if (this.#state.is === 'closed') return this.#pass;
    const now = this.#house.steady();
    if (this.#state.is === 'open') {
      if (now < this.#state.until) return null;
      this.#become({ is: 'half-open', underWay: new Set(), good: 0, bad: 0 }, 'it was open for long enough');
    }
    return this.#probe(now);
  }

  /** Is what becomes of this call still heard? Not if it was let through under an earlier state. */
  heeds(pass: Pass): boolean {
    return pass === this.#pass || (this.#state.is === 'half-open' && this.#state.underWay.has(pass));
  }

  get refusal(): BreakerOpenError {
    const { destination, operation } = this.of;
    const retryAfter = Math.max(1, Math.ceil(this.#restMs() / 1000));
    // Kept while it says the same: an error's stack costs more than the rest of a refused call.
    if (this.#refusal?.retryAfter !== retryAfter)
      this.#refusal = new BreakerOpenError(`${destination}/${operation}`, retryAfter);
    return this.#refusal;
  }

  /** The destination has answered. */
  good(pass: Pass): void {
    if (pass === this.#pass) this.#wentWell();
    else this.#settle(pass, 'good', null);
  }

  /** It has said that the client is wrong: up, but no measure of how well it does. A flood of these must not hide failures. */
  turnedDown(pass: Pass): void {
    if (pass !== this.#pass) this.#settle(pass, 'good', null);
  }

  /** The destination has failed. */
  bad(pass: Pass, reason: Reason): void {
    if (pass === this.#pass) this.#wentWrong(reason);
    else this.#settle(pass, 'bad', reason);
  }

  /** The head of a reply that is no failure is here; its body is still to come. */
  answered(pass: Pass): void {
    if (pass !== this.#pass) pass.answered = true;
  }

  /** Nothing was learnt: the client left, say. */
  none(pass: Pass): void {
    if (this.#state.is === 'half-open') this.#state.underWay.delete(pass);
  }

  /** Held open or closed until somebody says otherwise; null: by what calls do, and after being held open by probes first. */
  force(forced: Forced | null, why: string): void {
    if (forced === this.#forced) return;
    const before = this.#forced;
    this.#forced = forced;
    const now = this.#house.steady();
    this.#streak = 0;
    const isOpen = forced === 'open' || (forced === null && before === 'open');
    this.#become(isOpen ? { is: 'open', until: forced === null ? now : forever } : { is: 'closed', since: now }, why, {
      byHand: true,
    });
  }

  /** A window that has no failure left is as good as none. */
  tidy(): void {
    if (this.#window !== null && this.#house.steady() - this.#failedAt > this.of.settings.window) this.#forget();
  }

  /** Takes over from the one that guarded the same address under other settings. */
  continue(before: Breaker): void {
    const was = before.#state;
    // Its probes say nothing here: this one tries anew.
    this.#state = was.is === 'half-open' ? { is: 'open', until: this.#house.steady() } : was;
    this.#forced = before.#forced;
    this.#streak = before.#streak;
    Object.assign(this.#changes, before.#changes);
  }

  #probe(now: number): Pass | null {
    if (this.#state.is === 'half-open') this.#sweep(this.#state.underWay, now);
    const state = this.#state; // the sweep may have changed it
    if (state.is !== 'half-open') return state.is === 'closed' ? this.#pass : null;
    if (state.underWay.size + state.good + state.bad >= this.of.settings.probes) return null;
    const pass = newPass(now);
    state.underWay.add(pass);
    return pass;
  }

  /** Probes that nobody will hear of again hold no place. A reply that streams on is one that came. */
  #sweep(underWay: ReadonlySet<Pass>, now: number): void {
    for (const pass of underWay) {
      if (now - pass.at > this.of.patience) this.#settle(pass, pass.answered ? 'good' : 'bad', 'timeout');
    }
  }

  #settle(pass: Pass, how: 'good' | 'bad', reason: Reason | null): void {
    const state = this.#state;
    if (state.is !== 'half-open' || !state.underWay.delete(pass)) return; // of an earlier state
    state[how] += 1;
    const { probes, failureRate } = this.of.settings;
    const tooMany = Math.ceil(probes * failureRate - 1e-9);
    if (state.bad >= tooMany) this.#open(`${state.bad} of ${probes} probes failed, the last by ${reason}`, true);
    else if (state.good > probes - tooMany)
      this.#become({ is: 'closed', since: this.#house.steady() }, `${state.good} of ${probes} probes went well`);
  }

  #wentWell(): void {
    if (this.#window === null) return;
    const now = this.#house.steady();
    if (now - this.#failedAt <= this.of.settings.window) return this.#window.good(now);
    this.#forget();
  }

  #forget(): void {
    this.#window = null;
    this.#streak = 0;
  }

  #wentWrong(reason: Reason): void {
    if (this.#forced !== null) return;
    const now = this.#house.steady();
    const { settings } = this.of;
    this.#window ??= failureWindow(settings, now);
    this.#failedAt = now;
    if (!this.#window.bad(now)) return;
    const { calls, failures } = this.#window.figures;
    const state = this.#state;
    const isAgain = state.is === 'closed' && now - state.since < settings.window;
    this.#open(`${failures} of ${calls} calls failed, the last by ${reason}`, isAgain);
  }

  #open(why: string, isAgain: boolean): void {
    this.#streak = isAgain ? Math.min(this.#streak + 1, mostDoublings) : 0;
    const { steady, chance } = this.#house;
    const openFor = this.of.settings.openFor * 2 ** this.#streak * (1 + jitter * chance());
    this.#become({ is: 'open', until: steady() + openFor }, why);
  }

  #become(state: State, why: string, { byHand = false } = {}): void {
    const { destination, operation } = this.of;
    this.#state = state;
    this.#window = null;
    this.#refusal = null;
    this.#pass = newPass(0);
    this.#changes[state.is] += 1;
    const rest = this.#restMs();
    this.#house.events.emit({
      type: 'breaker-changed',
      at: this.#house.wall(),
      destination,
      operation,
      state: state.is,
      by: byHand ? 'hand' : 'calls',
      why,
      openFor: state.is === 'open' && this.#forced === null ? Math.round(rest) : null,
    });
  }

  /** Milliseconds until asking again makes sense, as far as anybody knows. */
  #restMs(): number {
    const { openFor } = this.of.settings;
    if (this.#state.is !== 'open' || this.#state.until === forever) return this.#forced === null ? 1000 : openFor;
    return Math.max(0, this.#state.until - this.#house.steady());
  }
}

const newPass = (at: number): Pass => ({ at, answered: false });
