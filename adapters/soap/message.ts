import { headerTexts } from './header.ts';
import { quickHeaderTexts } from './quick-header.ts';
import type { Message } from '../adapter.ts';
import type { FullHeaderTexts, HeaderTexts } from './header.ts';
import type { SoapVersion } from './namespaces.ts';

const none: HeaderTexts = { texts: new Map(), username: null };

/** What identification was given of a message, kept to be read when somebody asks for a header. */
export interface Source {
  /** The envelope's first bytes. */
  readonly bytes: Buffer;
  readonly charset: string | null;
  /** False: no header block is there, so there is nothing to read. */
  readonly header: boolean;
}

/** `header` and `username` answer null also where the text is empty: an empty text is nobody's key. */
export const soapMessage = (version: SoapVersion | null, source: Source | null): Message =>
  new SoapMessage(version, source);

/** WS-Addressing 1.0 of a call that identification has seen; null where it has none, or nobody looked. */
export const addressedBy = (message: Message | null): FullHeaderTexts['addressed'] =>
  message instanceof SoapMessage ? message.addressed() : null;

const read = ({ bytes, charset }: Source): HeaderTexts =>
  quickHeaderTexts(bytes, charset) ?? headerTexts(bytes, charset);

class SoapMessage implements Message {
  readonly version: SoapVersion | null;
  #source: Source | null;
  #texts: HeaderTexts | null = null;

  constructor(version: SoapVersion | null, source: Source | null) {
    this.version = version;
    this.#source = source;
  }

  header(localName: string): string | null {
    return this.#read().texts.get(localName) ?? null;
  }

  username(): string | null {
    return this.#read().username;
  }

  /** Read for itself: it is only asked for a fault. */
  addressed(): FullHeaderTexts['addressed'] {
    const source = this.#source;
    return source === null || !source.header ? null : headerTexts(source.bytes, source.charset).addressed;
  }

  #read(): HeaderTexts {
    const source = this.#source;
    this.#texts ??= source === null || !source.header ? none : read(source);
    return this.#texts;
  }
}
