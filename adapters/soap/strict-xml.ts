// The exact reader of XML: saxes with namespaces, stopped at the first thing that is wrong or too much.
import { SaxesParser } from 'saxes';
import { isLabelOf } from './encoding.ts';
import { Prolog } from './prolog.ts';
import { Stop } from './stop.ts';
import type { SaxesAttributeNSIncomplete, SaxesTagNS } from 'saxes';
import type { Encoding } from './encoding.ts';
import type { ExpandedName } from './names.ts';

/** Deeper is `limit`: saxes resolves names in time that grows with the depth. */
const depthLimit = 64;
const attributeLimit = 256;

/** `depth`: how many elements are open around this one, 0 for the root. `text`: how many are open around it. */
export interface XmlListener {
  open(tag: SaxesTagNS, depth: number): void;
  close?(depth: number): void;
  text?(text: string, depth: number): void;
  cdata?(text: string, depth: number): void;
}

export const expandedName = (tag: { readonly uri: string; readonly local: string }): ExpandedName =>
  tag.uri === '' ? tag.local : `{${tag.uri}}${tag.local}`;

/** One message, read in pieces. */
export class StrictXml {
  #parser = new SaxesParser({ xmlns: true, position: false });
  #prolog = new Prolog();
  #depth = 0;
  #attributes = 0;
  #sawRoot = false;
  /** Characters given before the present piece, and the last of them. */
  #before = 0;
  #tail = '';
  #piece = '';
  readonly #encoding: () => Encoding | null;

  /** `encoding` tells, once text was given, what the bytes were decoded as: a declaration must not say otherwise. */
  constructor(listener: XmlListener, encoding: () => Encoding | null) {
    this.#encoding = encoding;
    const parser = this.#parser;
    parser.on('error', () => this.#fail());
    parser.on('xmldecl', (declaration) => this.#declaration(declaration));
    // saxes takes `<?p??>` for a target and a text that nothing separates; SOAP has no instructions at all.
    parser.on('processinginstruction', ({ body }) => {
      if (body.startsWith('?')) throw new Stop('malformed');
    });
    parser.on('opentagstart', () => this.#start());
    parser.on('attribute', (attribute) => this.#attribute(attribute));
    parser.on('opentag', (tag) => listener.open(tag, this.#depth++));
    parser.on('closetag', () => {
      this.#depth--;
      listener.close?.(this.#depth);
    });
    parser.on('text', (text) => listener.text?.(text, this.#depth));
    parser.on('cdata', (text) => listener.cdata?.(text, this.#depth));
  }

  /** The root element has ended: the rest can be white space and comments only. */
  get isClosed(): boolean {
    return this.#sawRoot && this.#depth === 0;
  }

  /** @throws Stop, after which nothing more may be written. */
  write(text: string): void {
    this.#prolog.look(text);
    this.#piece = text;
    this.#parser.write(text);
    this.#before += text.length;
    this.#tail = (this.#tail + text).slice(-8);
  }

  /** The bytes are over. @throws Stop `malformed` where the message is not. */
  end(): void {
    this.#piece = '';
    this.#parser.close();
  }

  #start(): void {
    this.#sawRoot = true;
    this.#attributes = 0;
    if (this.#depth >= depthLimit) throw new Stop('limit');
  }

  #attribute({ name, value }: SaxesAttributeNSIncomplete): void {
    if (++this.#attributes > attributeLimit) throw new Stop('limit');
    // saxes trims namespace names, others compare them as they stand.
    const declares = name === 'xmlns' || name.startsWith('xmlns:');
    if (declares && value !== value.trim()) throw new Stop('malformed');
  }

  #declaration({ version, encoding }: { version?: string; encoding?: string }): void {
    if (version !== '1.0') throw new Stop('malformed');
    const decoded = this.#encoding();
    if (encoding !== undefined && decoded !== null && !isLabelOf(encoding, decoded)) throw new Stop('encoding');
  }

  #fail(): never {
    // A DOCTYPE out of place: saxes stops at its last letter.
    const read = this.#tail + this.#piece.slice(0, Math.max(0, this.#parser.position - this.#before));
    throw new Stop(read.endsWith('<!DOCTYPE') ? 'doctype' : 'malformed');
  }
}
