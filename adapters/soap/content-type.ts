// Media type and parameters of a Content-Type value, RFC 9110 §8.3.1, also of one nested in `start-info`.

export interface ContentType {
  /** `type/subtype` in lower case; empty when the header is empty. */
  readonly media: string;
  /** By lower-case name; quotes and quoted-pairs resolved. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Not what the grammar allows, or a parameter named twice: two readers may read it differently. */
  readonly odd: boolean;
}

/** Never throws: what cannot be read is `odd`. Linear in the length of `text`. */
export const contentType = (text: string): ContentType => {
  const semicolon = text.indexOf(';');
  const media = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase();
  const parameters = new Map<string, string>();
  let odd = false;
  let at = semicolon;
  while (at >= 0 && at < text.length) {
    const equals = skipToEquals(text, at + 1);
    const name = text
      .slice(at + 1, equals)
      .trim()
      .toLowerCase();
    const value = parameterValue(text, equals);
    odd ||= value.odd || parameters.has(name) || (name === '' && text.charAt(equals) === '=');
    if (name !== '' && !parameters.has(name)) parameters.set(name, value.text);
    at = value.end;
  }
  return { media, parameters, odd };
};

/** Index of the `=` of the parameter that begins at `at`, or of the `;` or end that comes before one. */
const skipToEquals = (text: string, at: number): number => {
  let index = at;
  while (index < text.length && text[index] !== '=' && text[index] !== ';') index++;
  return index;
};

interface Value {
  readonly text: string;
  /** Index of the next `;`, or the length. */
  readonly end: number;
  readonly odd: boolean;
}

const parameterValue = (text: string, equals: number): Value => {
  if (text[equals] !== '=') return { text: '', end: equals, odd: false };
  let at = equals + 1;
  while (text[at] === ' ' || text[at] === '\t') at++;
  if (text[at] === '"') return quotedValue(text, at + 1);
  const semicolon = text.indexOf(';', at);
  const end = semicolon < 0 ? text.length : semicolon;
  const token = text.slice(at, end).trim();
  return { text: token, end, odd: token.includes('"') };
};

const quotedValue = (text: string, from: number): Value => {
  let value = '';
  let at = from;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\') at++;
    value += text[at] ?? '';
    at++;
  }
  const semicolon = text.indexOf(';', at);
  const end = semicolon < 0 ? text.length : semicolon;
  const closed = at < text.length;
  return { text: value, end, odd: !closed || text.slice(at + 1, end).trim() !== '' };
};
