// Header field lines of a reply (RFC 9112 §5), strict: no folding, no space before the colon, no control characters.
import type { Raw } from '../adapter.ts';

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// eslint-disable-next-line no-control-regex -- control characters are what we look for
const control = /[\0-\x08\x0a-\x1f\x7f]/;

/** Lines joined by CRLF → flat name, value list. Throws a plain Error naming what is wrong. */
export const parseFieldLines = (text: string): Raw => {
  const raw: string[] = [];
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (colon < 1 || !token.test(name)) throw new Error('a header line without a proper name');
    const value = withoutBlanks(line, colon + 1);
    if (control.test(value)) throw new Error(`a control character in the header ${name}`);
    raw.push(name, value);
  }
  return raw;
};

/** From `start` on, without the blanks around it. These are two (RFC 9110 §5.6.3): `trim` knows more, and would take a byte off a UTF-8 `à`. */
const withoutBlanks = (line: string, start: number): string => {
  let [from, to] = [start, line.length];
  while (from < to && isBlank(line.charCodeAt(from))) from++;
  while (to > from && isBlank(line.charCodeAt(to - 1))) to--;
  return line.slice(from, to);
};

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
