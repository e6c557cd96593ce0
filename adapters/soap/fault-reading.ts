// What a reply's fault says, as far as its first bytes tell.
import { Decoder } from './encoding.ts';
import { versionOf } from './namespaces.ts';
import { Stop } from './stop.ts';
import { StrictXml, expandedName } from './strict-xml.ts';
import type { SaxesTagNS } from 'saxes';
import type { ExpandedName } from './names.ts';

export interface FaultReading {
  /** The first child of Body is a Fault of the envelope's own namespace. */
  readonly isFault: boolean;
  /** Local part of `faultcode`, or of `Code/Value`; empty where it was not seen. */
  readonly code: string;
  /** First child of `detail`. */
  readonly detail: ExpandedName | null;
}

/** Reads until the bytes are over or wrong; what was seen by then counts. */
export const readFault = (bytes: Buffer, charset: string | null): FaultReading => {
  const walk = new FaultWalk();
  const decoder = new Decoder(charset);
  const xml = new StrictXml(walk, () => decoder.encoding);
  try {
    for (let at = 0; at < bytes.length && !walk.isOver; at += 4096) {
      xml.write(decoder.text(bytes.subarray(at, at + 4096), false));
    }
  } catch (cause) {
    if (!(cause instanceof Stop)) throw cause;
  }
  return walk;
};

class FaultWalk implements FaultReading {
  isFault = false;
  isOver = false;
  code = '';
  detail: ExpandedName | null = null;
  #path: SaxesTagNS[] = [];
  #text: string | null = null;

  open(tag: SaxesTagNS, depth: number): void {
    if (this.isOver) return;
    this.#path[depth] = tag;
    this.#path.length = depth + 1;
    if (depth === 2 && this.#at(1) === 'Body' && versionOf(this.#path[1]?.uri ?? '') !== null) {
      this.isFault = tag.local === 'Fault' && tag.uri === this.#path[0]?.uri;
      this.isOver = !this.isFault;
    }
    if (!this.isFault) return;
    if (this.#isCode(depth)) this.#text = '';
    // ASMX writes the detail of a 1.2 fault without a namespace.
    if (depth === 4 && this.#at(3).toLowerCase() === 'detail') this.detail ??= expandedName(tag);
  }

  text(text: string, depth: number): void {
    if (this.#text !== null && this.#isCode(depth - 1)) this.#text += text;
  }

  cdata(text: string, depth: number): void {
    this.text(text, depth);
  }

  close(depth: number): void {
    if (this.isFault && depth === 2) this.isOver = true;
    if (this.#text !== null && this.#isCode(depth)) {
      if (this.code === '') this.code = this.#text.trim().replace(/^[^:]*:/, '');
      this.#text = null;
    }
    this.#path.length = depth;
  }

  /** Does the path end at depth 3 in faultcode, or at depth 4 in Code/Value? */
  #isCode(depth: number): boolean {
    if (depth === 3) return this.#at(3) === 'faultcode';
    return depth === 4 && this.#at(3) === 'Code' && this.#at(4) === 'Value';
  }

  #at(depth: number): string {
    return this.#path[depth]?.local ?? '';
  }
}
