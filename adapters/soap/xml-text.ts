const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };

// Everything XML 1.0 has no character for: controls, lone surrogates, U+FFFE and U+FFFF.
// oxlint-disable-next-line no-control-regex
const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Text as it may stand between tags; what XML cannot carry becomes U+FFFD. */
export const xmlText = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(illegal, '\ufffd')
    .replaceAll(/[&<>\r]/g, (character) => escapes[character] ?? character);
