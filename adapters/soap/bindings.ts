// Namespace declarations in scope, as offsets into the bytes of a message. Part of the fast scan.
import { addressingNamespaces, envelopeNamespace, sessionNamespaces } from './namespaces.ts';

/** What a namespace means to the scan. */
export const meaning = { none: 0, soap11: 1, soap12: 2, addressing: 3, doubt: 4 } as const;

interface Known {
  readonly bytes: Buffer;
  readonly means: number;
}

const xmlNamespaces = ['http://www.w3.org/XML/1998/namespace', 'http://www.w3.org/2000/xmlns/'];

/** Known namespaces by their length in bytes: most declarations are told from all of them by it alone. */
const knownByLength = (): readonly (readonly Known[] | undefined)[] => {
  const table: Known[][] = [];
  const add = (uri: string, means: number): void => {
    const bytes = Buffer.from(uri);
    (table[bytes.length] ??= []).push({ bytes, means });
  };
  add(envelopeNamespace['1.1'], meaning.soap11);
  add(envelopeNamespace['1.2'], meaning.soap12);
  for (const uri of addressingNamespaces) add(uri, meaning.addressing);
  for (const uri of sessionNamespaces) add(uri, meaning.doubt);
  for (const uri of xmlNamespaces) add(uri, meaning.doubt);
  return table;
};

const most = 64;

/** A stack of declarations over one message; made once and reset, since making one costs more than a scan. */
export class Bindings {
  #known = knownByLength();
  #bytes: Buffer = Buffer.alloc(0);
  #prefixFrom = new Int32Array(most);
  #prefixTo = new Int32Array(most);
  #from = new Int32Array(most);
  #to = new Int32Array(most);
  #means = new Int32Array(most);
  /** How many are in scope; an element's are dropped by setting it back. */
  count = 0;

  begin(bytes: Buffer): void {
    this.#bytes = bytes;
    this.count = 0;
  }

  /** Declares prefix `[a, b)` (empty: the default) for the name `[from, to)`. False: leave it to the exact reader. */
  declare(a: number, b: number, from: number, to: number): boolean {
    if (this.count >= most || (from === to && a !== b)) return false;
    const means = this.#meaning(from, to);
    if (means === meaning.doubt) return false;
    const at = this.count++;
    this.#prefixFrom[at] = a;
    this.#prefixTo[at] = b;
    this.#from[at] = from;
    this.#to[at] = to;
    this.#means[at] = means;
    return true;
  }

  #meaning(from: number, to: number): number {
    const candidates = this.#known[to - from];
    if (candidates === undefined) return meaning.none;
    for (const known of candidates) {
      if (sameBytes(known.bytes, 0, this.#bytes, from, to)) return known.means;
    }
    return meaning.none;
  }

  /** Index of the binding of prefix `[a, b)`, or -1. */
  find(a: number, b: number): number {
    for (let at = this.count - 1; at >= 0; at--) {
      const from = this.#prefixFrom[at] ?? 0;
      const to = this.#prefixTo[at] ?? 0;
      if (to - from === b - a && sameBytes(this.#bytes, a, this.#bytes, from, to)) return at;
    }
    return -1;
  }

  /** What a binding means; `meaning.none` for -1. */
  means(at: number): number {
    return at < 0 ? meaning.none : (this.#means[at] ?? 0);
  }

  /** Namespace name of a binding; empty for -1. */
  uri(at: number): string {
    return at < 0 ? '' : this.#bytes.toString('utf8', this.#from[at], this.#to[at]);
  }
}

/** Is `b[from, to)` what stands in `a` at `at`? From the end, where names differ. */
export const sameBytes = (a: Buffer, at: number, b: Buffer, from: number, to: number): boolean => {
  const shift = at - from;
  for (let index = to - 1; index >= from; index--) {
    if (a[index + shift] !== b[index]) return false;
  }
  return true;
};
