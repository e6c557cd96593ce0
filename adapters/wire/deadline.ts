// How long anybody cares about a call. An AbortSignal is made only when somebody asks (decision 12).
import type { OwnDeadline } from '../adapter.ts';
import type { AdapterError } from '../errors.ts';

export class CallDeadline implements OwnDeadline {
  at: number;
  #ended: AdapterError | null = null;
  #listener: ((why: AdapterError) => void) | null = null;
  #abort: AbortController | null = null;

  constructor(at = Infinity) {
    this.at = at;
  }

  get ended(): AdapterError | null {
    return this.#ended;
  }

  watch(listener: ((why: AdapterError) => void) | null): void {
    this.#listener = listener;
  }

  signal(): AbortSignal {
    if (this.#abort === null) {
      this.#abort = new AbortController();
      if (this.#ended !== null) this.#abort.abort(this.#ended);
    }
    return this.#abort.signal;
  }

  end(why: AdapterError): void {
    if (this.#ended !== null) return;
    this.#ended = why;
    const listener = this.#listener;
    this.#listener = null;
    listener?.(why);
    this.#abort?.abort(why);
  }
}
