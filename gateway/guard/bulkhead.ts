// One destination's calls under way at the same time, over all routes and both carriers, and a bounded line of those that wait.
import type { Deadline } from '../../adapters/adapter.ts';
import { SendError, type AdapterError } from '../../adapters/errors.ts';
import type { Events } from '../events.ts';
import { priorities, type BulkheadSettings, type Priority } from './schema.ts';
import { waitingLine, type Place, type WaitingLine } from './waiting-line.ts';

export interface BulkheadHouse {
  /** Milliseconds that never go back. */
  readonly steady: () => number;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  /** Runs once after so many milliseconds; answers the function that takes it back. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly events: Events;
}

export interface Bounded {
  readonly destination: string;
  /** Where the destination is; another address is another thing. */
  readonly address: string;
  readonly settings: BulkheadSettings;
}

/** How a wait ended: sent, for longer than it may, put out by a call of more weight, or the client left. A closed list: a label of metrics. */
export const waitEndings = ['sent', 'late', 'displaced', 'left'] as const;
export type WaitEnding = (typeof waitEndings)[number];

interface Waiting {
  readonly priority: Priority;
  readonly since: number;
  readonly go: () => void;
  readonly fail: (why: AdapterError) => void;
  readonly stop: () => void;
}

/** Milliseconds between two events about a destination that is full. */
const quiet = 60_000;

export class Bulkhead {
  readonly destination: string;
  readonly address: string;
  readonly #house: BulkheadHouse;
  #max: number;
  #size: number;
  #maxWait: number;
  #inFlight = 0;
  readonly #lines: Readonly<Record<Priority, WaitingLine<Waiting>>>;
  #toldAt = -Infinity;
  waitedMs = 0;
  readonly #waits: Record<WaitEnding, number> = { sent: 0, late: 0, displaced: 0, left: 0 };
  readonly #shed: Record<Priority, number> = { high: 0, normal: 0, low: 0 };

  constructor({ destination, address, settings }: Bounded, house: BulkheadHouse) {
    this.destination = destination;
    this.address = address;
    this.#house = house;
    this.#lines = { high: waitingLine(), normal: waitingLine(), low: waitingLine() };
    this.#max = settings.maxInFlight;
    this.#size = settings.queue?.size ?? 0;
    this.#maxWait = settings.queue?.maxWait ?? 0;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Infinity: the file bounds it no more. */
  get maxInFlight(): number {
    return this.#max;
  }

  get isFull(): boolean {
    return this.#inFlight >= this.#max;
  }

  get waiting(): number {
    const { high, normal, low } = this.#lines;
    return high.length + normal.length + low.length;
  }

  /** How many waits ended so. */
  get waits(): Readonly<Record<WaitEnding, number>> {
    return this.#waits;
  }

  /** Calls that got reason `full`. */
  get shed(): Readonly<Record<Priority, number>> {
    return this.#shed;
  }

  /** Takes a place if there is one. Who has one gives it back with `free`, once. */
  take(): boolean {
    // Somebody waits only while there is no place: `free` hands it on.
    if (this.isFull) return false;
    this.#inFlight += 1;
    return true;
  }

  readonly free = (): void => {
    const next = this.#inFlight > this.#max ? null : this.#next();
    if (next === null) this.#inFlight -= 1;
    else this.#admit(next);
  };

  /** Resolves with a place. Rejects with SendError: `full`, that the client left, or that the call's time is over. */
  wait(priority: Priority, deadline: Deadline): Promise<void> {
    if (deadline.ended !== null) return Promise.reject(left(deadline.ended));
    const rest = deadline.at - this.#house.steady();
    if (rest <= 0) return Promise.reject(overtime());
    const patience = Math.min(this.#maxWait, rest);
    if (patience <= 0 || (this.waiting >= this.#size && !this.#displace(priority)))
      return Promise.reject(this.#turnDown(priority));
    return new Promise((resolve, reject) => {
      const end = (how: WaitEnding): void => {
        this.#left(place, how);
      };
      const stopClock = this.#house.after(patience, () => {
        end('late');
        reject(rest <= this.#maxWait ? overtime() : this.#turnDown(priority));
      });
      deadline.watch((why) => {
        end('left');
        reject(left(why));
      });
      const place: Place<Waiting> = this.#lines[priority].join({
        priority,
        since: this.#house.steady(),
        go: resolve,
        fail: reject,
        stop() {
          stopClock();
          deadline.watch(null);
        },
      });
    });
  }

  /** The file says otherwise from now on. Null: it bounds nothing any more. */
  resize(settings: BulkheadSettings | null): void {
    this.#max = settings?.maxInFlight ?? Infinity;
    this.#size = settings?.queue?.size ?? 0;
    this.#maxWait = settings?.queue?.maxWait ?? 0;
    while (this.#inFlight < this.#max) {
      const next = this.#next();
      if (next === null) return;
      this.#inFlight += 1;
      this.#admit(next);
    }
  }

  #next(): Place<Waiting> | null {
    const { high, normal, low } = this.#lines;
    return high.first ?? normal.first ?? low.first;
  }

  #admit(place: Place<Waiting>): void {
    this.#left(place, 'sent');
    place.of.go();
  }

  #left(place: Place<Waiting>, how: WaitEnding): void {
    const { priority, since, stop } = place.of;
    stop();
    this.#lines[priority].leave(place);
    this.#waits[how] += 1;
    this.waitedMs += this.#house.steady() - since;
  }

  /** The one that came last of the least weight goes, if it has less than this. */
  #displace(by: Priority): boolean {
    for (const priority of lightestFirst) {
      if (priority === by) return false;
      const { last } = this.#lines[priority];
      if (last === null) continue;
      this.#left(last, 'displaced');
      last.of.fail(this.#turnDown(priority));
      return true;
    }
    return false;
  }

  #turnDown(priority: Priority): SendError {
    this.#shed[priority] += 1;
    this.#tell();
    return full(this.#max);
  }

  /** Once a minute at most: a flood of calls must not become one of lines. */
  #tell(): void {
    const now = this.#house.steady();
    if (now - this.#toldAt < quiet) return;
    this.#toldAt = now;
    const { destination, waiting } = this;
    const inFlight = this.#inFlight;
    this.#house.events.emit({ type: 'destination-full', at: this.#house.wall(), destination, inFlight, waiting });
  }
}

const lightestFirst = priorities.toReversed();

/** As the relay tells it of a call that is over before it was sent: the client left, or its time is over. */
const left = (why: AdapterError): SendError =>
  why instanceof SendError
    ? why
    : new SendError(why.code, why.code === 'ERR_ABORTED' ? 'reset' : 'timeout', 'nothing', why.message, { cause: why });

/** The clock of all deadlines looks every so often, and comes a little later. */
const overtime = (): SendError =>
  new SendError('ERR_DEADLINE', 'timeout', 'nothing', 'the time that the call has in all is over');

/** Without a stack: a destination that is full turns down as many calls as come. */
const full = (max: number): SendError => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = new SendError('ERR_FULL', 'full', 'nothing', `the destination has its ${max} calls in flight`);
  Error.stackTraceLimit = stackTraceLimit;
  return error;
};
