// Where the address stands in the program that a script service makes for browsers (`.asmx/js`): it is set once, as a text.
import type { Place } from './place.ts';

const setAt = /\bset_path\(\s*(["'])([^"'\\]*)\1\s*\)/g;

/** Places of all addresses, in the order in which they stand. */
export const scriptPlaces = (text: string): readonly Place[] =>
  [...text.matchAll(setAt)].map(({ 0: call, 1: quote = '', 2: value = '', index }) => {
    const from = index + call.indexOf(quote) + 1;
    return { from, to: from + value.length, value };
  });
