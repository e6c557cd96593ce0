// Request headers that some servers, or proxies between, take for the method, the path or the place that a call was for.
import type { Raw } from '../../adapters/adapter.ts';

const overriding = new Set([
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
]);
const outside = new Set([
  'forwarded',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-prefix',
]);

/** Text that calls for one place have in common, empty where nothing is said; null: an answer may be to another question than asked. */
export const placeTold = (raw: Raw): string | null => {
  let told = '';
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase();
    if (overriding.has(name)) return null;
    if (!outside.has(name)) continue;
    const value = raw[at + 1]!;
    const parts = name === 'forwarded' ? (value.match(/\b(?:host|proto)=(?:"[^"]*"|[^;,\s]*)/gi) ?? []) : [value];
    for (const part of parts) told += `${JSON.stringify([name, part])}\n`;
  }
  return told;
};
