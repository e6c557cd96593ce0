// Text into XML. Refuses what XML 1.0 cannot carry; nothing here trusts where the text came from.
import { Misfit } from '../values/misfit.ts';

// Anything but the plain characters: markup, CR, controls, surrogates, U+FFFE, U+FFFF.
const remarkable = /[^\t\n\x20-\x25\x27-\x3b\x3d\x3f-\ud7ff\ue000-\ufffd]/;
const illegal = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Element content. CR becomes a reference: a parser would read a bare one as LF. Throws Misfit. */
export const escapeText = (text: string): string => {
  if (!remarkable.test(text)) return text;
  refuseIllegal(text);
  return text.replace(/[&<>\r]/g, reference);
};

/** Attribute value, for double quotes. Tab and LF become references too: a parser would read them as blanks. */
export const escapeAttribute = (text: string): string => {
  refuseIllegal(text);
  return text.replace(/[&<>"\t\n\r]/g, reference);
};

const reference = (char: string): string => {
  switch (char) {
    case '&':
      return '&amp;';
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '"':
      return '&quot;';
    default:
      return `&#x${char.charCodeAt(0).toString(16).toUpperCase()};`;
  }
};

const refuseIllegal = (text: string): void => {
  const found = illegal.exec(text);
  if (found === null) return;
  const code = text.codePointAt(found.index) ?? 0;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  throw new Misfit(`the character ${name} at ${found.index}, which XML cannot carry`);
};

// Everything XML 1.0 has no character for: controls, lone surrogates, U+FFFE and U+FFFF.
// oxlint-disable-next-line no-control-regex
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Element content of our own making, such as an error's text: what XML cannot carry becomes U+FFFD. */
export const escapeLoosely = (text: string): string => escapeText(text.toWellFormed().replaceAll(unwritable, '\ufffd'));
