// Exact order of decimal texts: bounds of long and decimal lie beyond what a number holds.

interface Parts {
  negative: boolean;
  whole: string;
  fraction: string;
}

// By hand, not by a pattern: trimming zeros with one is quadratic on long runs of them.
const partsOf = (text: string): Parts => {
  const signed = text.startsWith('-') || text.startsWith('+');
  const point = text.indexOf('.');
  const end = point < 0 ? text.length : point;
  let first = signed ? 1 : 0;
  while (first < end && text[first] === '0') first += 1;
  let last = text.length;
  while (last > end + 1 && text[last - 1] === '0') last -= 1;
  const whole = text.slice(first, end);
  const fraction = text.slice(end + 1, last);
  return { negative: text.startsWith('-') && (whole !== '' || fraction !== ''), whole, fraction };
};

/** Below 0, 0 or above 0, as `a` is below, equal to or above `b`. Both match xs:decimal's lexical form. */
export const compareDecimals = (a: string, b: string): number => {
  const one = partsOf(a);
  const other = partsOf(b);
  if (one.negative !== other.negative) return one.negative ? -1 : 1;
  const size = magnitude(one, other);
  return one.negative ? -size : size;
};

const magnitude = (a: Parts, b: Parts): number => {
  if (a.whole.length !== b.whole.length) return a.whole.length - b.whole.length;
  if (a.whole !== b.whole) return a.whole < b.whole ? -1 : 1;
  if (a.fraction === b.fraction) return 0;
  return a.fraction < b.fraction ? -1 : 1; // a prefix is the smaller one, as it should be
};

/** Digits that count, before and after the point. */
export const digitsOf = (text: string): { whole: number; fraction: number } => {
  const parts = partsOf(text);
  return { whole: parts.whole.length, fraction: parts.fraction.length };
};
