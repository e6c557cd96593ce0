// Request headers that some servers, or proxies between, take for the method, the path or the place that a call was for.

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

/** What one header line says of the place; empty: nothing. Null: an answer may be to another question than asked. `name`: lower case. */
export const placeTold = (name: string, value: string): string | null => {
  if (overriding.has(name)) return null;
  if (!outside.has(name)) return '';
  const parts = name === 'forwarded' ? (value.match(/\b(?:host|proto)=(?:"[^"]*"|[^;,\s]*)/gi) ?? []) : [value];
  return parts.map((part) => `${JSON.stringify([name, part])}\n`).join('');
};
