// A reply to who has no request yet, or whose connection is no longer HTTP's: as bytes.
import type { Trouble } from '../adapter.ts';
import { problemReply } from './accept.ts';

/** The whole message; the connection is to end after it. */
export const rawReply = (trouble: Trouble): string => {
  const { head, body } = problemReply(trouble);
  let text = `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
  for (let i = 0; i < head.raw.length; i += 2) text += `${head.raw[i]}: ${head.raw[i + 1]}\r\n`;
  return `${text}Connection: close\r\n\r\n${body.bytes?.toString() ?? ''}`;
};
