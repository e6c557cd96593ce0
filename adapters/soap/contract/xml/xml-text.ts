// Names and references of XML 1.0, for its reader.
import { AdapterError } from '../../../errors.ts';

// The productions NameStartChar and NameChar (XML 1.0, fifth edition, §2.3), colon included.
const start =
  ':A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}';
const rest = `${start}.0-9\\u00b7\\u0300-\\u036f\\u203f\\u2040\\-`;
const nameText = new RegExp(`^[${start}][${rest}]*$`, 'u');

export const isName = (text: string): boolean => nameText.test(text);

/** 1 for the ASCII characters that may stand in a name; all beyond ASCII is left to `isName`. */
export const asciiName: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) =>
  /[\w:.-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

export const isBlank = (text: string): boolean => {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x0a && code !== 0x09 && code !== 0x0d) return false;
  }
  return text.length > 0;
};

const predefined: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Text with its references resolved. Throws AdapterError ERR_MALFORMED for those that XML does not have by itself. */
export const unescaped = (text: string): string => {
  let out = '';
  let at = 0;
  for (let found = text.indexOf('&'); found >= 0; found = text.indexOf('&', at)) {
    const end = text.indexOf(';', found);
    // The longest there is: &#x10FFFF; with some zeros in front.
    const name = end < 0 || end - found > 40 ? '' : text.slice(found + 1, end);
    out += text.slice(at, found) + (predefined.get(name) ?? numbered(name));
    at = end + 1;
  }
  return out + text.slice(at);
};

const numbered = (name: string): string => {
  const digits = /^#(?:x([\da-fA-F]+)|(\d+))$/.exec(name);
  const code = digits === null ? -1 : digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  const isCharacter =
    code === 0x09 ||
    code === 0x0a ||
    code === 0x0d ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  if (!isCharacter)
    throw new AdapterError('ERR_MALFORMED', `not well-formed XML: a reference to "${name.slice(0, 20)}"`);
  return String.fromCodePoint(code);
};
