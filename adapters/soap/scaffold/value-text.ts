// A JSON value as an expression of TypeScript.
import { memberKey, quoted } from './identifier.ts';
import type { Json } from '../../adapter.ts';

export const valueText = (json: Json, indent = ''): string => {
  const inner = `${indent}  `;
  if (typeof json === 'string') return quoted(json);
  if (typeof json !== 'object' || json === null) return JSON.stringify(json);
  if (Array.isArray(json)) {
    const items = (json as readonly Json[]).map((each) => valueText(each, inner));
    return onOneLine('[', items, ']') ?? `[\n${items.map((each) => `${inner}${each},\n`).join('')}${indent}]`;
  }
  const pairs = Object.entries(json).map(([key, value]) => `${keyText(key)}: ${valueText(value, inner)}`);
  if (pairs.length === 0) return '{}';
  return onOneLine('{ ', pairs, ' }') ?? `{\n${pairs.map((each) => `${inner}${each},\n`).join('')}${indent}}`;
};

/** Written plainly, `__proto__` would set a prototype. */
const keyText = (key: string): string => (key === '__proto__' ? `['__proto__']` : memberKey(key));

const onOneLine = (open: string, parts: readonly string[], close: string): string | null => {
  const line = `${open}${parts.join(', ')}${close}`;
  return line.length > 80 || line.includes('\n') ? null : line;
};
