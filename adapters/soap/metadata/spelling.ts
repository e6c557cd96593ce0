/** How bytes become text and text becomes the same bytes again; only ASCII has to mean what it says. */
export interface Spelling {
  /** Bytes of a character of the text. */
  readonly width: 1 | 2;
  read(bytes: Buffer): string;
  write(text: string): Buffer;
}

// One character a byte. No byte of what UTF-8, the ISO 8859 and the Windows code pages write beyond ASCII looks like markup.
const byBytes: Spelling = {
  width: 1,
  read: (bytes) => bytes.toString('latin1'),
  write: (text) => Buffer.from(text, 'latin1'),
};
const utf16le: Spelling = {
  width: 2,
  read: (bytes) => bytes.toString('utf16le'),
  write: (text) => Buffer.from(text, 'utf16le'),
};
const utf16be: Spelling = {
  width: 2,
  read: (bytes) => Buffer.from(bytes).swap16().toString('utf16le'),
  write: (text) => Buffer.from(text, 'utf16le').swap16(),
};

/** By the first bytes (XML 1.0 appendix F); null: an encoding in which markup is not ASCII, or half a character. */
export const spellingOf = (bytes: Buffer): Spelling | null => {
  const [first = 0, second = 0] = bytes;
  const isWide = bytes.length % 2 === 0;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return isWide ? utf16le : null;
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return isWide ? utf16be : null;
  if (first === 0) return null;
  // Of these, bytes below 0x80 may be half of a character.
  const declared =
    /^[^<]{0,3}<\?xml[^>]*?encoding\s*=\s*["']([^"']*)/.exec(bytes.toString('latin1', 0, 256))?.[1] ?? '';
  return /^(?:utf-7|iso-2022|hz-|utf-32)/i.test(declared) ? null : byBytes;
};
