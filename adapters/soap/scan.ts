// The fast reading of an envelope, on the bytes. It knows the plain core of XML (ASCII names, UTF-8, the five
// predefined entities) and says `unsure` about everything else, wrong or merely rare. What it does decide, envelope.ts
// decides equally: that law is in scan.test.ts and is what makes this file safe to have.
import { isAscii } from 'node:buffer';
import { Bindings, meaning, sameBytes } from './bindings.ts';
import {
  anyByte,
  blank,
  byteClasses,
  isEdge,
  nameByte,
  nameStart,
  textByte,
  utf8End,
  valueByte,
} from './byte-classes.ts';
import { prologLimit } from './prolog.ts';
import type { Envelope } from './envelope.ts';

/** Position that stands for: the exact reader must judge. */
const unsure = -1;
/** Position that stands for: the bytes ended inside markup. */
const cut = -2;

const lt = 0x3c;
const gt = 0x3e;
const slash = 0x2f;
const dash = 0x2d;
const colonByte = 0x3a;
const bracket = 0x5d;

const depthLimit = 64;
const attributeLimit = 32;
const declaration =
  /^<\?xml version=(?:"1\.0"|'1\.0')(?: encoding=(?:"utf-8"|'utf-8'))?(?: standalone=(?:"(?:yes|no)"|'(?:yes|no)'))? ?\?>/i;
const entities = ['&lt;', '&gt;', '&amp;', '&quot;', '&apos;'].map((text) => Buffer.from(text));

/** `last`: the message ends with these bytes. Meant for messages without a charset, or with charset utf-8. */
export type EnvelopeScan = (bytes: Buffer, last: boolean) => Envelope | 'unsure';

/** Owns the scan's working memory; one per route. */
export const envelopeScan = (): EnvelopeScan => {
  const scan = new Scan();
  return (bytes, last) => scan.read(bytes, last);
};

class Scan {
  #classes = byteClasses();
  #bindings = new Bindings();
  #bytes: Buffer = Buffer.alloc(0);
  #end = 0;
  // Open elements: their names, and how many declarations were in scope before each.
  #depth = 0;
  #nameFrom = new Int32Array(depthLimit);
  #nameTo = new Int32Array(depthLimit);
  #mark = new Int32Array(depthLimit);
  // The tag being read.
  #colon = -1;
  #tagEnd = 0;
  #attributes = 0;
  #attributeFrom = new Int32Array(attributeLimit);
  #attributeColon = new Int32Array(attributeLimit);
  #attributeTo = new Int32Array(attributeLimit);
  // What was met.
  #part: 'envelope' | 'header' | 'body' = 'envelope';
  #version = 0;
  #hadHeader = false;
  #hadBody = false;
  #isOver = false;
  #blocks = false;
  #child: string | null = null;
  #actions: string[] = [];

  read(bytes: Buffer, last: boolean): Envelope | 'unsure' {
    this.#begin(bytes);
    let at = this.#prolog(last);
    while (at >= 0 && at < this.#end) {
      at = this.#text(at);
      if (at >= 0 && at < this.#end) at = this.#markup(at);
    }
    return at === unsure ? 'unsure' : this.#result(last, at === cut);
  }

  #begin(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#bindings.begin(bytes);
    this.#depth = 0;
    this.#part = 'envelope';
    this.#version = 0;
    this.#hadHeader = false;
    this.#hadBody = false;
    this.#isOver = false;
    this.#blocks = false;
    this.#child = null;
    this.#actions = [];
  }

  #result(last: boolean, isCut: boolean): Envelope | 'unsure' {
    if (last && (isCut || !this.#isOver)) return 'unsure';
    if (this.#child === null && !(this.#hadBody && this.#part === 'envelope')) return 'unsure';
    return {
      version: this.#version === meaning.soap11 ? '1.1' : '1.2',
      child: this.#child,
      actions: this.#actions,
      session: false, // their namespaces are `doubt`
      header: this.#blocks,
    };
  }

  /** Past byte order mark and XML declaration. */
  #prolog(last: boolean): number {
    const bytes = this.#bytes;
    this.#end = isAscii(bytes) ? bytes.length : utf8End(bytes, last);
    if (this.#end < 0) return unsure;
    const at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    if (bytes[at] !== lt || bytes[at + 1] !== 0x3f) return at;
    const found = declaration.exec(bytes.toString('latin1', at, at + 100));
    return found === null ? unsure : at + found[0].length;
  }

  /** Past text, to the next `<` or the end. */
  #text(from: number): number {
    if (this.#depth <= 2) {
      const at = this.#skip(from, blank);
      return at === this.#end || this.#bytes[at] === lt ? at : unsure;
    }
    let at = this.#skip(from, textByte);
    while (at >= 0 && at < this.#end && this.#bytes[at] !== lt) {
      at = this.#odd(at);
      if (at >= 0) at = this.#skip(at, textByte);
    }
    return at;
  }

  /** Past an `&` or `]` in text. */
  #odd(at: number): number {
    const bytes = this.#bytes;
    if (bytes[at] === bracket) return bytes[at + 1] === bracket && bytes[at + 2] === gt ? unsure : at + 1;
    for (const entity of entities) {
      if (sameBytes(bytes, at, entity, 0, entity.length)) return at + entity.length;
    }
    return unsure;
  }

  #skip(from: number, kind: number): number {
    const bytes = this.#bytes;
    const classes = this.#classes;
    const end = this.#end;
    let at = from;
    while (at < end && (classes[bytes[at] ?? 0]! & kind) !== 0) at++;
    return at;
  }

  #is(at: number, kind: number): boolean {
    return (this.#classes[this.#bytes[at] ?? 0]! & kind) !== 0;
  }

  /** Past one tag, comment or CDATA section; `at` is its `<`. */
  #markup(at: number): number {
    if (at + 1 >= this.#end) return cut;
    if (this.#is(at + 1, nameStart)) return this.#startTag(at + 1);
    const next = this.#bytes[at + 1];
    if (next === slash) return this.#endTag(at + 2);
    if (next !== 0x21 || at + 9 > this.#end) return unsure;
    const kind = this.#bytes.toString('latin1', at + 2, at + 9);
    if (kind.startsWith('--')) return this.#comment(at + 4);
    return kind === '[CDATA[' && this.#depth > 2 ? this.#cdata(at + 9) : unsure;
  }

  #comment(from: number): number {
    const bytes = this.#bytes;
    for (let at = from; at < this.#end; at++) {
      if (!this.#is(at, anyByte)) return unsure;
      if (bytes[at] !== dash || bytes[at + 1] !== dash) continue;
      if (at + 2 >= this.#end) return cut;
      return bytes[at + 2] === gt ? at + 3 : unsure;
    }
    return cut;
  }

  #cdata(from: number): number {
    const bytes = this.#bytes;
    for (let at = from; at < this.#end; at++) {
      if (!this.#is(at, anyByte)) return unsure;
      if (bytes[at] !== bracket || bytes[at + 1] !== bracket || bytes[at + 2] !== gt) continue;
      return at + 2 < this.#end ? at + 3 : cut;
    }
    return cut;
  }

  #startTag(from: number): number {
    if (this.#depth >= depthLimit || this.#isOver || (this.#depth === 0 && from > prologLimit)) return unsure;
    const to = this.#name(from);
    if (to < 0) return to;
    const colon = this.#colon;
    const mark = this.#bindings.count;
    const close = this.#attributesFrom(to);
    if (close < 0) return close;
    const isEmpty = this.#bytes[close] === slash;
    const end = isEmpty ? close + 1 : close;
    if (end >= this.#end) return cut;
    if (this.#bytes[end] !== gt || !this.#areBound()) return unsure;
    this.#tagEnd = end;
    if (!this.#open(from, colon, to)) return unsure;
    if (isEmpty) return this.#closeEmpty(end, mark);
    this.#nameFrom[this.#depth] = from;
    this.#nameTo[this.#depth] = to;
    this.#mark[this.#depth] = mark;
    this.#depth++;
    return end + 1;
  }

  #closeEmpty(end: number, mark: number): number {
    this.#bindings.count = mark;
    if (this.#depth === 0) return unsure; // an empty Envelope
    if (this.#depth === 1) this.#part = 'envelope';
    return end + 1;
  }

  #endTag(at: number): number {
    if (this.#depth === 0) return unsure;
    const top = this.#depth - 1;
    const from = this.#nameFrom[top] ?? 0;
    const to = this.#nameTo[top] ?? 0;
    if (at + to - from > this.#end) return cut;
    if (!sameBytes(this.#bytes, at, this.#bytes, from, to)) return unsure;
    const close = this.#skip(at + to - from, blank);
    if (close >= this.#end) return cut;
    if (this.#bytes[close] !== gt) return unsure;
    this.#depth = top;
    this.#bindings.count = this.#mark[top] ?? 0;
    if (top === 1) this.#part = 'envelope';
    if (top === 0) this.#isOver = true;
    return close + 1;
  }

  /** Past a qualified name; `#colon` is its colon, or -1. */
  #name(from: number): number {
    this.#colon = -1;
    const at = this.#skip(from, nameByte);
    if (at >= this.#end) return cut;
    if (this.#bytes[at] !== colonByte) return at;
    this.#colon = at;
    if (at + 1 >= this.#end) return cut;
    if (!this.#is(at + 1, nameStart)) return unsure;
    const to = this.#skip(at + 1, nameByte);
    if (to >= this.#end) return cut;
    return this.#bytes[to] === colonByte ? unsure : to;
  }

  /** To the `>` or `/` of a tag whose name ended at `from`. */
  #attributesFrom(from: number): number {
    this.#attributes = 0;
    let before = from;
    for (;;) {
      const at = this.#skip(before, blank);
      if (at >= this.#end) return cut;
      if (this.#bytes[at] === gt || this.#bytes[at] === slash) return at;
      if (at === before || !this.#is(at, nameStart)) return unsure;
      before = this.#attribute(at);
      if (before < 0) return before;
    }
  }

  #attribute(from: number): number {
    const to = this.#name(from);
    if (to < 0) return to;
    const colon = this.#colon;
    const equals = this.#skip(to, blank);
    if (equals >= this.#end) return cut;
    if (this.#bytes[equals] !== 0x3d) return unsure;
    const quote = this.#skip(equals + 1, blank);
    if (quote >= this.#end) return cut;
    const end = this.#value(quote);
    if (end < 0) return end;
    return this.#keep(from, colon, to) && this.#declare(from, colon, to, quote + 1, end) ? end + 1 : unsure;
  }

  /** To the quote that ends a value; `at` is the quote that begins it. */
  #value(at: number): number {
    const bytes = this.#bytes;
    const classes = this.#classes;
    const end = this.#end;
    const quote = bytes[at];
    if (quote !== 0x22 && quote !== 0x27) return unsure;
    let to = at + 1;
    while (to < end && bytes[to] !== quote && (classes[bytes[to] ?? 0]! & valueByte) !== 0) to++;
    if (to >= end) return cut;
    return bytes[to] === quote ? to : unsure;
  }

  /** Remembers an attribute; false where one of the same name, or maybe the same expanded name, is there. */
  #keep(from: number, colon: number, to: number): boolean {
    const count = this.#attributes;
    if (count >= attributeLimit) return false;
    const local = colon < 0 ? from : colon + 1;
    for (let at = 0; at < count; at++) {
      const otherTo = this.#attributeTo[at] ?? 0;
      const otherColon = this.#attributeColon[at] ?? 0;
      const otherLocal = otherColon < 0 ? (this.#attributeFrom[at] ?? 0) : otherColon + 1;
      if (otherTo - otherLocal !== to - local) continue;
      if (colon < 0 === otherColon < 0 && sameBytes(this.#bytes, local, this.#bytes, otherLocal, otherTo)) return false;
    }
    this.#attributeFrom[count] = from;
    this.#attributeColon[count] = colon;
    this.#attributeTo[count] = to;
    this.#attributes++;
    return true;
  }

  /** Declares what an `xmlns` attribute declares; true also where the attribute is none. */
  #declare(from: number, colon: number, to: number, value: number, end: number): boolean {
    if (!this.#isXmlns(from, colon, to)) return true;
    const bytes = this.#bytes;
    if (end > value && (!isEdge(bytes[value] ?? 0) || !isEdge(bytes[end - 1] ?? 0))) return false;
    if (colon < 0) return this.#bindings.declare(0, 0, value, end);
    if (bytes[colon + 1] === 0x78 && bytes[colon + 2] === 0x6d && bytes[colon + 3] === 0x6c) return false; // xml…
    return this.#bindings.declare(colon + 1, to, value, end);
  }

  #isXmlns(from: number, colon: number, to: number): boolean {
    const bytes = this.#bytes;
    if ((colon < 0 ? to : colon) - from !== 5 || bytes[from] !== 0x78 || bytes[from + 1] !== 0x6d) return false;
    return bytes[from + 2] === 0x6c && bytes[from + 3] === 0x6e && bytes[from + 4] === 0x73;
  }

  /** Every prefixed attribute of the tag has a declared prefix. */
  #areBound(): boolean {
    for (let at = 0; at < this.#attributes; at++) {
      const colon = this.#attributeColon[at] ?? 0;
      if (colon < 0) continue;
      const from = this.#attributeFrom[at] ?? 0;
      if (!this.#isXmlns(from, colon, colon) && this.#bindings.find(from, colon) < 0) return false;
    }
    return true;
  }

  /** An element begins: what it is, is judged by where it stands. False: the exact reader must say. */
  #open(from: number, colon: number, to: number): boolean {
    if (colon < 0 && this.#depth > 2) return true;
    const binding = colon < 0 ? this.#bindings.find(0, 0) : this.#bindings.find(from, colon);
    if (colon >= 0 && binding < 0) return false;
    if (this.#depth > 2) return true;
    const means = this.#bindings.means(binding);
    const local = this.#bytes.toString('latin1', colon < 0 ? from : colon + 1, to);
    if (this.#depth === 0) return this.#envelope(means, local);
    if (this.#depth === 1) return means === this.#version && this.#section(local);
    if (this.#part === 'header') return this.#block(means, local);
    if (this.#child !== null) return false;
    const uri = this.#bindings.uri(binding);
    this.#child = uri === '' ? local : `{${uri}}${local}`;
    return true;
  }

  #envelope(means: number, local: string): boolean {
    this.#version = means;
    return (means === meaning.soap11 || means === meaning.soap12) && local === 'Envelope';
  }

  #section(local: string): boolean {
    if (this.#hadBody) return false;
    if (local === 'Body') {
      this.#hadBody = true;
      this.#part = 'body';
      return true;
    }
    if (local !== 'Header' || this.#hadHeader) return false;
    this.#hadHeader = true;
    this.#part = 'header';
    return true;
  }

  #block(means: number, local: string): boolean {
    this.#blocks = true;
    return means !== meaning.addressing || local !== 'Action' || this.#action();
  }

  /** Reads the text of a wsa:Action whose start tag has just ended: plain, and nothing else. */
  #action(): boolean {
    const open = this.#tagEnd + 1;
    const to = this.#skip(open, textByte);
    if (this.#bytes[open - 2] === slash || to + 1 >= this.#end) return false;
    if (this.#bytes[to] !== lt || this.#bytes[to + 1] !== slash) return false;
    const text = this.#bytes.toString('utf8', open, to).trim();
    if (text.includes('\r')) return false;
    if (text !== '' && !this.#actions.includes(text)) this.#actions.push(text);
    return true;
  }
}
