import { AdminError } from './problem.ts';
import type { Context } from 'koa';

const maxBytes = 64 * 1024;

/** The request's JSON object. AdminError 415, 413 or 400 where it is none. */
export const jsonBody = async (ctx: Context): Promise<Readonly<Record<string, unknown>>> => {
  if (ctx.is('application/json') === false)
    throw new AdminError(415, 'Unsupported media type', 'send a JSON object as application/json');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new AdminError(413, 'Content too large', `at most ${maxBytes} bytes are read`);
    chunks.push(chunk);
  }
  const value = parsed(Buffer.concat(chunks).toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AdminError(400, 'Bad request', 'the body is not a JSON object');
  return value as Readonly<Record<string, unknown>>;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null; // told as what it is by the caller: not a JSON object
  }
};
