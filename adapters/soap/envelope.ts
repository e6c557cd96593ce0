// The exact reading of an envelope, as far as identification goes. The judge of every doubt: scan.ts must agree
// with it or say that it is unsure.
import { Decoder } from './encoding.ts';
import { addressingNamespaces, sessionNamespaces, versionOf } from './namespaces.ts';
import { Stop } from './stop.ts';
import { StrictXml, expandedName } from './strict-xml.ts';
import type { SaxesTagNS } from 'saxes';
import type { UndecidedReason } from '../adapter.ts';
import type { SoapVersion } from './namespaces.ts';
import type { ExpandedName } from './names.ts';

/** What names the operation inside a message. */
export interface Envelope {
  readonly version: SoapVersion;
  /** First child of Body; null: Body is empty. */
  readonly child: ExpandedName | null;
  /** Different texts of wsa:Action headers, trimmed, none of them empty. Mostly none or one. */
  readonly actions: readonly string[];
  /** A header of secure conversation or reliable messaging is there. */
  readonly session: boolean;
  /** Header has blocks. */
  readonly header: boolean;
}

/** `doctype`: the message must not be relayed. `more`: the bytes given so far do not tell. */
export type Reading =
  | { readonly is: 'envelope'; readonly envelope: Envelope }
  | { readonly is: 'undecided'; readonly reason: UndecidedReason }
  | { readonly is: 'doctype' }
  | { readonly is: 'more' };

const more: Reading = { is: 'more' };

/** How many bytes are decoded and read at a time, so that a bad message ends early. */
const slice = 4096;

/** Reads one message in pieces, in time linear in its length. */
export class EnvelopeReader {
  #decoder: Decoder;
  #seen = new Seen();
  #xml: StrictXml;
  #stop: Stop | null = null;
  #blank = true;

  /** `charset`: from the content type, lower case, or null. */
  constructor(charset: string | null) {
    this.#decoder = new Decoder(charset);
    this.#xml = new StrictXml(this.#seen, () => this.#decoder.encoding);
  }

  /** Takes the next bytes; `last`: no more will come. Never throws. */
  read(bytes: Buffer, last: boolean): Reading {
    try {
      for (let at = 0; this.#stop === null && at < bytes.length; at += slice) {
        this.#write(bytes.subarray(at, at + slice), false);
      }
      if (last && this.#stop === null) this.#end();
    } catch (cause) {
      if (!(cause instanceof Stop)) throw cause;
      this.#stop = cause;
    }
    return this.#reading();
  }

  #write(bytes: Buffer, last: boolean): void {
    const text = this.#decoder.text(bytes, last);
    if (text === '') return;
    this.#blank &&= text.trim() === '';
    this.#xml.write(text);
  }

  #end(): void {
    this.#write(Buffer.alloc(0), true);
    if (this.#blank) throw new Stop('empty');
    this.#xml.end();
    if (!this.#seen.isComplete) throw new Stop('malformed'); // an envelope without a Body
  }

  #reading(): Reading {
    if (this.#stop === null) return this.#seen.reading() ?? more;
    const { reason } = this.#stop;
    return reason === 'doctype' ? { is: 'doctype' } : { is: 'undecided', reason };
  }
}

/** What was met so far: the state of a walk through Envelope, Header and Body. */
class Seen {
  #version: SoapVersion | null = null;
  #uri = '';
  #in: 'envelope' | 'header' | 'body' = 'envelope';
  #hadHeader = false;
  #hadBody = false;
  #child: ExpandedName | null = null;
  #actions: string[] = [];
  #action: string | null = null;
  #session = false;
  #blocks = false;

  /** The Body, or the beginning of its child, has been seen. */
  get isComplete(): boolean {
    return this.#child !== null || (this.#hadBody && this.#in !== 'body');
  }

  reading(): Reading | null {
    if (!this.isComplete || this.#version === null) return null;
    return {
      is: 'envelope',
      envelope: {
        version: this.#version,
        child: this.#child,
        actions: this.#actions,
        session: this.#session,
        header: this.#blocks,
      },
    };
  }

  open(tag: SaxesTagNS, depth: number): void {
    if (this.#action !== null) throw new Stop('malformed'); // an element inside wsa:Action
    if (depth === 0) this.#envelope(tag);
    else if (depth === 1) this.#part(tag);
    else if (this.#in === 'header') this.#block(tag, depth);
    else if (depth === 2) this.#operation(tag);
  }

  close(depth: number): void {
    if (depth === 1) this.#in = 'envelope';
    if (depth !== 2 || this.#action === null) return;
    const action = this.#action.trim();
    if (action !== '' && !this.#actions.includes(action)) this.#actions.push(action);
    this.#action = null;
  }

  text(text: string, depth: number): void {
    if (this.#action !== null && depth === 3) this.#action += text;
    if (depth <= 2 && /[^ \t\r\n]/.test(text)) throw new Stop('malformed');
  }

  cdata(text: string, depth: number): void {
    if (depth <= 2) throw new Stop('malformed');
    this.text(text, depth);
  }

  #envelope(tag: SaxesTagNS): void {
    this.#version = versionOf(tag.uri);
    this.#uri = tag.uri;
    if (tag.local !== 'Envelope' || this.#version === null) throw new Stop('malformed');
  }

  #part(tag: SaxesTagNS): void {
    if (tag.uri !== this.#uri || this.#hadBody) throw new Stop('malformed');
    if (tag.local === 'Body') {
      this.#hadBody = true;
      this.#in = 'body';
    } else if (tag.local === 'Header' && !this.#hadHeader) {
      this.#hadHeader = true;
      this.#in = 'header';
    } else throw new Stop('malformed');
  }

  #block(tag: SaxesTagNS, depth: number): void {
    this.#blocks = true;
    if (sessionNamespaces.has(tag.uri)) this.#session = true;
    if (depth === 2 && tag.local === 'Action' && addressingNamespaces.has(tag.uri)) this.#action = '';
  }

  #operation(tag: SaxesTagNS): void {
    if (this.#child !== null) throw new Stop('malformed');
    this.#child = expandedName(tag);
  }
}
