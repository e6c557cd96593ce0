// What a byte may be in the plain core of XML, and where the characters of a message end. Part of the fast scan.
import { isUtf8 } from 'node:buffer';

export const nameStart = 1;
export const nameByte = 2;
export const blank = 4;
export const textByte = 8;
export const valueByte = 16;
export const anyByte = 32;

/** Classes of every byte, as bits. */
export const byteClasses = (): Uint8Array => {
  const classes = new Uint8Array(256);
  for (let byte = 0x20; byte < 256; byte++) classes[byte] = textByte | valueByte | anyByte;
  for (const byte of [0x20, 0x09, 0x0a, 0x0d]) classes[byte] = blank | textByte | anyByte;
  classes[0x20] = blank | textByte | valueByte | anyByte;
  for (let byte = 0x30; byte < 0x7b; byte++) {
    const letter = (byte >= 0x41 && byte <= 0x5a) || byte >= 0x61 || byte === 0x5f;
    if (letter) classes[byte]! |= nameStart | nameByte;
    else if (byte <= 0x39) classes[byte]! |= nameByte;
  }
  for (const byte of [0x2d, 0x2e]) classes[byte]! |= nameByte; // - and .
  for (const byte of [0x3c, 0x26]) classes[byte] = anyByte; // < and &
  classes[0x5d] = valueByte | anyByte; // ]
  return classes;
};

/** May a namespace name begin or end with it? Readers trim blanks, some of them beyond ASCII. */
export const isEdge = (byte: number): boolean => byte > 0x20 && byte < 0x80;

/** Length without a character that is cut at the end; -1: not UTF-8, or characters that XML does not have. */
export const utf8End = (bytes: Buffer, last: boolean): number => {
  const end = last ? bytes.length : bytes.length - cutCharacter(bytes);
  if (!isUtf8(bytes.subarray(0, end))) return -1;
  return bytes.includes(nonCharacters) ? -1 : end;
};

/** U+FFC0 to U+FFFF begin so; two of them are no XML, and all are rare. */
const nonCharacters = Buffer.from([0xef, 0xbf]);

/** How many bytes of an unfinished character stand at the end. */
const cutCharacter = (bytes: Buffer): number => {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needs > back ? back : 0;
  }
  return 0;
};
