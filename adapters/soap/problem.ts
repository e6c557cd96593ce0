import { bytesBody } from '../wire/bytes.ts';
import { STATUS_CODES } from 'node:http';
import type { Reply, Trouble } from '../adapter.ts';

/** The trouble as RFC 9457 has it: for who came to a SOAP route without SOAP, such as a browser asking for `?wsdl`. */
export const problem = ({ status, code, message, retryAfter }: Trouble): Reply => {
  const title = STATUS_CODES[status] ?? 'Error';
  const body = Buffer.from(JSON.stringify({ type: 'about:blank', title, status, detail: message, code }));
  const raw = ['Content-Type', 'application/problem+json', 'Content-Length', String(body.length)];
  if (retryAfter !== undefined) raw.push('Retry-After', String(Math.max(0, Math.ceil(retryAfter))));
  return { head: { status, reason: title, raw }, body: bytesBody(body), verdict: { blame: 'nobody' } };
};
