// Puts the addresses of where clients come in into a document that describes a service. All other bytes stay as they are.
import { isScript } from './asks-for-metadata.ts';
import { htmlPlaces } from './html-places.ts';
import { publicAddresses, type Reach } from './own-address.ts';
import { scriptPlaces } from './script-places.ts';
import { xmlPlaces } from './xml-places.ts';

/** How bytes become text and text becomes the same bytes again; only ASCII has to mean what it says. */
interface Spelling {
  read(bytes: Buffer): string;
  write(text: string): Buffer;
}

// One character a byte. No byte of what UTF-8, the ISO 8859 and the Windows code pages write beyond ASCII looks like markup.
const byBytes: Spelling = {
  read: (bytes) => bytes.toString('latin1'),
  write: (text) => Buffer.from(text, 'latin1'),
};
const utf16le: Spelling = {
  read: (bytes) => bytes.toString('utf16le'),
  write: (text) => Buffer.from(text, 'utf16le'),
};
const utf16be: Spelling = {
  read: (bytes) => Buffer.from(bytes).swap16().toString('utf16le'),
  write: (text) => Buffer.from(text, 'utf16le').swap16(),
};

/** The document with other addresses; null: there is nothing to change in it, or it is not of a kind that we change. */
export const rewriteMetadata = (bytes: Buffer, reach: Reach): Buffer | null => {
  const spelling = spellingOf(bytes);
  if (spelling === null) return null;
  const text = spelling.read(bytes);
  const places = isScript(reach.asked) ? scriptPlaces(text) : isHtml(text) ? htmlPlaces(text) : xmlPlaces(text);
  const addresses = publicAddresses(places, reach);
  let spliced = '';
  let at = 0;
  for (const [index, { from, to, value }] of places.entries()) {
    const address = addresses[index] ?? null;
    if (address === null || address === value) continue;
    spliced += text.slice(at, from) + address;
    at = to;
  }
  return at === 0 ? null : spelling.write(spliced + text.slice(at));
};

const isHtml = (text: string): boolean =>
  /^[^<]*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*(?:<!doctype html|<html)/i.test(text.slice(0, 4096));

/** By the first bytes (XML 1.0 appendix F); null: an encoding in which markup is not ASCII, or half a character. */
const spellingOf = (bytes: Buffer): Spelling | null => {
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
