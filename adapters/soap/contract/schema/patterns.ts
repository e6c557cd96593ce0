// Patterns of XML Schema as patterns of JavaScript (`v` flag). They differ: anchored, no `^` and `$`, \i \c, \w, subtraction.

import { linearMatch } from './linear-match.ts';

const classes: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: '[^\\p{P}\\p{Z}\\p{C}]',
  W: '[\\p{P}\\p{Z}\\p{C}]',
  s: '[ \\t\\n\\r]',
  S: '[^ \\t\\n\\r]',
  i: '[\\p{L}_:]',
  I: '[^\\p{L}_:]',
  c: '[\\p{L}\\p{N}\\p{M}._:·\\-]',
  C: '[^\\p{L}\\p{N}\\p{M}._:·\\-]',
};

/** The pattern, or null where it uses what has no counterpart (`\p{IsGreek}`, class subtraction). Matched by `linearMatch` alone. */
export const xsdPattern = (source: string): RegExp | null => {
  const translated = translate(source);
  if (translated === null) return null;
  try {
    const pattern = new RegExp(`^(?:${translated})$`, 'v');
    return linearMatch(pattern) === null ? null : pattern;
  } catch {
    return null;
  }
};

const translate = (source: string): string | null => {
  let out = '';
  let depth = 0;
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charAt(at);
    if (char === '\\') {
      const escaped = escape(source, at, depth > 0);
      if (escaped === null) return null;
      out += escaped.text;
      at += escaped.length - 1;
    } else if (char === '[') {
      if (depth > 0) return null; // class subtraction
      depth = 1;
      out += char;
    } else if (char === ']') {
      depth = 0;
      out += char;
    } else {
      out += depth > 0 ? inClass(char, source.charAt(at - 1), source.charAt(at + 1)) : outside(char);
    }
  }
  return out;
};

const outside = (char: string): string => {
  if (char === '.') return '[^\\n\\r]';
  return char === '^' || char === '$' || char === '/' ? `\\${char}` : char;
};

/** What the `v` flag reserves inside a class is escaped; a hyphen at either end is itself. */
const inClass = (char: string, before: string, after: string): string => {
  if (char === '-') return before === '[' || before === '^' || after === ']' ? '\\-' : '-';
  if (char === '^') return before === '[' ? '^' : '\\^';
  return reserved.has(char) ? `\\${char}` : char;
};

const reserved = new Set('()[]{}/|&!#%,:;<=>@`~$*+.?');

const escape = (source: string, at: number, inside: boolean): { text: string; length: number } | null => {
  const next = source.charAt(at + 1);
  const named = classes[next];
  if (named !== undefined) return { text: named, length: 2 };
  if (next === 'p' || next === 'P') {
    const end = source.indexOf('}', at);
    const property = source.slice(at, end + 1);
    return end < 0 || /\{Is/.test(property) ? null : { text: property, length: property.length };
  }
  if (next === '-') return { text: inside ? '\\-' : '-', length: 2 };
  return { text: `\\${next}`, length: 2 };
};
