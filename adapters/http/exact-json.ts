// JSON whose numbers survive: what a double cannot hold as written arrives as its text, so that a price keeps its digits.
import type { Json } from '../adapter.ts';

/** Throws SyntaxError. `1.10` and `9007199254740993` come out as strings, `7` and `1.5` as numbers. */
export const exactJson = (text: string): Json =>
  JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined) return value;
    return String(value) === context.source ? value : context.source;
  }) as Json;
