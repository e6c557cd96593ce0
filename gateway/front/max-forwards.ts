// Max-Forwards, which counts the intermediaries that an OPTIONS may still pass (RFC 9110 §7.6.2).
import type { IncomingMessage } from 'node:http';
import type { Arriving, Reply } from '../../adapters/adapter.ts';
import { replyOf } from '../../adapters/wire/accept.ts';

/** The answer to an OPTIONS that may go no further; null: it goes on, one less on its count. */
export const lastHop = ({ method, head }: Arriving, req: IncomingMessage | null): Reply | null => {
  if (method !== 'OPTIONS') return null;
  const raw = head.raw as string[];
  const at = raw.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === 'max-forwards') + 1;
  const left = raw[at];
  if (at === 0 || left === undefined || !/^\d{1,9}$/.test(left)) return null;
  if (Number(left) === 0) return replyOf(204, 'No Content', []);
  raw[at] = String(Number(left) - 1);
  if (req !== null) req.headers['max-forwards'] = raw[at];
  return null;
};
