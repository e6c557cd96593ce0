// Header lines of a message as RFC 9111 asks for them: by lower-case name, lines of one name joined.
import type { Raw } from '../../../adapters/adapter.ts';

export type Fields = Readonly<Record<string, string>>;
export type Directives = ReadonlyMap<string, string | null>;

export const fieldsOf = (raw: Raw): Fields => {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase();
    fields[name] = fields[name] === undefined ? raw[at + 1]! : `${fields[name]}, ${raw[at + 1]!}`;
  }
  return fields;
};

/** Names in lower case; one that is there twice with other values is told by `twice`. RFC 9111 §4.2.1, §5.2. */
export const directivesOf = (text: string | undefined): { readonly all: Directives; readonly twice: boolean } => {
  const all = new Map<string, string | null>();
  let twice = false;
  for (const [, name = '', quoted, plain] of (text ?? '').matchAll(pattern)) {
    const key = name.toLowerCase();
    const value = quoted ?? plain ?? null;
    if (all.has(key) && all.get(key) !== value) twice = true;
    all.set(key, value);
  }
  return { all, twice };
};

const pattern = /([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/g;

/** Whole seconds; null where there are none. */
export const secondsOf = (directives: Directives, name: string): number | null =>
  secondsIn(directives.get(name) ?? null);

/** RFC 9111 §1.2.2: more than it can count is 2^31. */
export const secondsIn = (text: string | null): number | null =>
  text !== null && /^\d+$/.test(text) ? Math.min(Number(text), 2 ** 31) : null;

/** Milliseconds since 1970; null for what has none of the three forms of RFC 9110 §5.6.7: `0` is no date, and no more is `3000`. */
export const httpDate = (text: string | undefined): number | null => {
  if (text === undefined || !dates.test(text)) return null;
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(at) ? null : at;
};

const time = String.raw`\d\d:\d\d:\d\d`;
const dates = new RegExp(
  String.raw`^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} ${time} GMT|[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d ${time} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d ${time} \d{4})$`,
);

export const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '');
