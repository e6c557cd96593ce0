// Patterns as our regular expressions have them (`v` flag) → as JSON Schema asks for them (ECMA-262, `u` flag).

/** Escapes that `u` does not know: these characters mean themselves there. */
const plain = new Set('&!#%,:;<=>@`~"\'');

/** The same pattern, or null where it uses what `u` has not: classes inside classes that can't be spelled out. */
export const portablePattern = ({ source }: RegExp): string | null => {
  let out = '';
  let depth = 0;
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charAt(at);
    const next = source.charAt(at + 1);
    if (char === '\\') {
      out += plain.has(next) ? next : char + next;
      at += 1;
    } else if (char === '[' && depth === 1) {
      // A class in a class: its content joins the outer one, unless it is negated or deeper still.
      if (next === '^') return null;
      depth = 2;
    } else if (char === '[') {
      if (depth > 1) return null;
      depth = 1;
      out += char;
    } else if (char === ']') {
      if (depth < 2) out += char;
      depth -= 1;
    } else if (depth > 0 && char === next && (char === '-' || char === '&')) return null;
    else out += char;
  }
  return compiles(out) ? out : null;
};

const compiles = (source: string): boolean => {
  try {
    return new RegExp(source, 'u').unicode;
  } catch {
    return false;
  }
};
