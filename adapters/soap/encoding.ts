// Which characters the bytes of a message are: RFC 7303, byte order mark before charset before XML declaration.
import { isAscii } from 'node:buffer';
import { Stop } from './stop.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'iso-8859-1' | 'windows-1252' | 'us-ascii';

const labels: ReadonlyMap<string, Encoding | 'utf-16'> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['utf-16', 'utf-16'],
  ['utf-16le', 'utf-16le'],
  ['utf-16be', 'utf-16be'],
  ['iso-8859-1', 'iso-8859-1'],
  ['latin1', 'iso-8859-1'],
  ['iso_8859-1', 'iso-8859-1'],
  ['windows-1252', 'windows-1252'],
  ['cp1252', 'windows-1252'],
  ['us-ascii', 'us-ascii'],
  ['ascii', 'us-ascii'],
]);

/** Does a label, from a charset or a declaration, speak of this encoding? */
export const isLabelOf = (label: string, encoding: Encoding): boolean => {
  const named = labels.get(label.toLowerCase());
  return named === encoding || (named === 'utf-16' && encoding.startsWith('utf-16'));
};

/** How much is looked at for the end of an XML declaration, bytes. */
const declarationLimit = 256;

/**
 * The encoding of a message by its first bytes; null while these are too few to tell.
 * @throws Stop `encoding`: one that is not read, or two that disagree. The declaration is compared by the XML
 *   reader, who reads it exactly; here it only decides where nothing else does.
 */
export const encodingOf = (bytes: Buffer, charset: string | null, last: boolean): Encoding | null => {
  if (bytes.length < 4 && !last) return null;
  const marked = byteOrderMark(bytes);
  if (charset === null) return marked ?? declared(bytes, last);
  if (marked !== null) return agreeing(charset, marked);
  const named = labels.get(charset);
  if (named === undefined) throw new Stop('encoding');
  return named === 'utf-16' ? byteOrder(bytes) : named;
};

const agreeing = (label: string, encoding: Encoding): Encoding => {
  if (!isLabelOf(label, encoding)) throw new Stop('encoding');
  return encoding;
};

const byteOrderMark = (bytes: Buffer): Encoding | null => {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a !== 0xff || b !== 0xfe) return null;
  if (c === 0 && d === 0) throw new Stop('encoding'); // UTF-32
  return 'utf-16le';
};

/** UTF-16 without a mark: told by the `<` that every message begins with. */
const byteOrder = (bytes: Buffer): Encoding => {
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le';
  if (bytes[0] === 0 && bytes[1] === 0x3c) return 'utf-16be';
  throw new Stop('encoding');
};

const declaration = /^<\?xml(?=\s)[^>]*?\sencoding\s*=\s*(?:"([^"]*)"|'([^']*)')/;

const declared = (bytes: Buffer, last: boolean): Encoding | null => {
  const start = bytes.toString('latin1', 0, declarationLimit);
  const begins = start.startsWith('<?xml') || '<?xml'.startsWith(start);
  if (begins && !start.includes('?>') && start.length < declarationLimit && !last) return null;
  const found = declaration.exec(start);
  const label = found?.[1] ?? found?.[2];
  if (label === undefined) return 'utf-8';
  const named = labels.get(label.toLowerCase());
  // A declaration that could be read as ASCII is not one of UTF-16.
  if (named === undefined || named.startsWith('utf-16')) throw new Stop('encoding');
  return named as Encoding;
};

/** Decodes a message piece by piece; strict: an invalid sequence is a Stop, never a replacement character. */
export class Decoder {
  #charset: string | null;
  #held: Buffer = Buffer.alloc(0);
  #decode: ((bytes: Buffer, last: boolean) => string) | null = null;
  #begun = false;
  /** Null until the first bytes have told. */
  encoding: Encoding | null = null;

  /** `charset`: from the content type, lower case. */
  constructor(charset: string | null) {
    this.#charset = charset;
  }

  /** The characters of the bytes given so far that were not returned yet. @throws Stop `encoding`, `malformed`. */
  text(bytes: Buffer, last: boolean): string {
    const text = this.#decode === null ? this.#first(bytes, last) : this.#decode(bytes, last);
    if (this.#begun || text === '') return text;
    this.#begun = true;
    // A second mark is a character before the XML declaration, which readers drop or refuse as they like.
    if (text.startsWith('\ufeff')) throw new Stop('malformed');
    return text;
  }

  #first(bytes: Buffer, last: boolean): string {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.encoding = encodingOf(this.#held, this.#charset, last);
    if (this.encoding === null) return '';
    this.#decode = decoding(this.encoding);
    return this.#decode(this.#held.subarray(markLength(this.#held)), last);
  }
}

const markLength = (bytes: Buffer): number => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 3;
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  return mark === 0xfeff || mark === 0xfffe ? 2 : 0;
};

const decoding = (encoding: Encoding): ((bytes: Buffer, last: boolean) => string) => {
  if (encoding === 'iso-8859-1') return (bytes) => bytes.toString('latin1');
  if (encoding === 'us-ascii') return ascii;
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return (bytes, last) => {
    try {
      return decoder.decode(bytes, { stream: !last });
    } catch (cause) {
      if (cause instanceof TypeError) throw new Stop('encoding');
      throw cause;
    }
  };
};

// TextDecoder reads `us-ascii` as windows-1252.
const ascii = (bytes: Buffer): string => {
  if (!isAscii(bytes)) throw new Stop('encoding');
  return bytes.toString('latin1');
};
