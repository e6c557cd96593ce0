import { decide, isOpaque, lengthOf, soapHead } from './identify.ts';
import { operationsOf } from './operation.ts';
import { Sniff } from './sniff.ts';
import type { AdapterError } from '../errors.ts';
import type { Call, Identified } from '../adapter.ts';
import type { HeadNames } from './action.ts';
import type { Reader } from './identify.ts';

/**
 * Identifies a call whose body flows by: reports once, as soon as the bytes tell, and cuts the flow of a call that
 * must not be relayed. Keeps no bytes. A body that ends before it told, with an end that only its framing knows
 * (chunked), is reported at its end.
 */
export const watch = (call: Call, report: (identified: Identified) => void, reader: Reader): void => {
  const head = soapHead(call, reader);
  if (head === null) return report({ is: 'other' });
  const reason = isOpaque(call, head) ? 'opaque' : lengthOf(call.body) === 0 ? 'empty' : null;
  if (reason !== null) {
    return report({ is: 'undecided', reason, names: operationsOf(head.actions, reader.names) });
  }
  const watcher = new Watcher(call, head, reader);
  call.body.tap(
    (bytes) => watcher.look(bytes, report),
    () => watcher.ended(report),
  );
};

const nothing = Buffer.alloc(0);

class Watcher {
  #sniff: Sniff | null;
  #head: HeadNames;
  #reader: Reader;
  /** Bytes still to come; Infinity where nobody knows. */
  #left: number;

  constructor(call: Call, head: HeadNames, reader: Reader) {
    this.#head = head;
    this.#reader = reader;
    this.#sniff = new Sniff({ head, scan: reader.scan, limit: reader.prefix });
    this.#left = lengthOf(call.body) ?? Infinity;
  }

  look(bytes: Buffer, report: (identified: Identified) => void): AdapterError | null {
    this.#left -= bytes.length;
    return this.#take(bytes, this.#left <= 0, report);
  }

  /** By now all bytes may have left: what is found here is counted, and can no longer be kept back. */
  ended(report: (identified: Identified) => void): void {
    this.#take(nothing, true, report);
  }

  #take(bytes: Buffer, last: boolean, report: (identified: Identified) => void): AdapterError | null {
    const sniff = this.#sniff;
    if (sniff === null) return null;
    const told = sniff.take(bytes, last);
    if (told === null) return null;
    this.#sniff = null;
    const identified = decide(told, { head: this.#head, sniff, reader: this.#reader });
    report(identified);
    return identified.is === 'refused' ? identified.error : null;
  }
}
