// Bytes of an XML document to text, by RFC 7303: byte order mark, then the charset given with it, then the declaration.
import { AdapterError } from '../../errors.ts';

const declared = /^<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/;
const families: ReadonlyMap<string, string> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['utf-16', 'utf-16'],
  ['utf-16le', 'utf-16le'],
  ['utf-16be', 'utf-16be'],
  ['unicode', 'utf-16'],
  ['iso-8859-1', 'latin1'],
  ['latin1', 'latin1'],
  ['iso_8859-1', 'latin1'],
  ['windows-1252', 'windows-1252'],
  ['cp1252', 'windows-1252'],
  ['us-ascii', 'ascii'],
  ['ascii', 'ascii'],
]);

/**
 * Text of a document. `charset` comes from the content type, null where it names none. Strict: bytes that are not of
 * the encoding, encodings that disagree, and encodings we do not read throw AdapterError ERR_MALFORMED.
 */
export const xmlText = (bytes: Buffer, charset: string | null): string => {
  const given = charset === null ? null : family(charset);
  const mark = byteOrderMark(bytes);
  if (mark !== null) {
    if (given !== null && !agree(mark, given)) disagreeing(mark, given);
    return checked(decode(bytes, mark), mark);
  }
  const encoding = given === null ? (family(declaration(bytes)) ?? 'utf-8') : given;
  const resolved = encoding === 'utf-16' ? endianness(bytes) : encoding;
  return checked(decode(bytes, resolved), resolved);
};

const family = (name: string | null): string | null => {
  if (name === null) return null;
  const found = families.get(name.trim().toLowerCase());
  if (found === undefined) throw malformed(`an encoding that is not read here: ${name.slice(0, 40)}`);
  return found;
};

const byteOrderMark = (bytes: Buffer): string | null => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
};

/** A name in the declaration of a document without a mark; its first bytes tell UTF-16 from what extends ASCII. */
const declaration = (bytes: Buffer): string | null => {
  if (bytes[0] === 0 || bytes[1] === 0) return 'utf-16';
  return declared.exec(bytes.toString('latin1', 0, 256))?.[1] ?? null;
};

const endianness = (bytes: Buffer): string => (bytes[0] === 0x3c && bytes[1] === 0 ? 'utf-16le' : 'utf-16be');

const agree = (actual: string, named: string): boolean =>
  actual === named || (named === 'utf-16' && actual.startsWith('utf-16'));

const decode = (bytes: Buffer, encoding: string): string => {
  if (encoding === 'latin1') return bytes.toString('latin1');
  if (encoding === 'ascii' && bytes.some((byte) => byte > 0x7f)) throw malformed('a byte that is not US-ASCII');
  try {
    return new TextDecoder(encoding === 'ascii' ? 'utf-8' : encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed(`bytes that are not ${encoding}`, cause);
  }
};

/** Readers differ on whom to believe when the declaration says something else (PHP, zeep and Perl the declaration). */
const checked = (text: string, encoding: string): string => {
  const named = text.startsWith('<?xml') ? (declared.exec(text)?.[1] ?? null) : null;
  if (named !== null && !agree(encoding, family(named) ?? encoding)) disagreeing(encoding, named);
  return text;
};

const disagreeing = (one: string, other: string): never => {
  throw malformed(`two encodings that disagree: ${one} and ${other}`);
};

const malformed = (message: string, cause?: unknown): AdapterError =>
  new AdapterError('ERR_MALFORMED', message, { cause });
