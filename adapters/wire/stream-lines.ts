// How lines of HTTP/2 are told as HTTP/1.1 has them, and the other way round (RFC 9113 §8).
import type { Framing, Head, Raw } from '../adapter.ts';
import { headerOf } from './headers.ts';

/** Those that may be written as HTTP/1.1. */
export const plainLines = (raw: Raw): Raw =>
  raw.filter((_, i) => isText(raw[i - (i % 2)]!) && isText(raw[i - (i % 2) + 1]!));

const isText = (text: string): boolean => !unsafe.test(text);

/** Text that HTTP/1.1 would not carry as it is: written as latin1, a character beyond it could become a line's end. */
// eslint-disable-next-line no-control-regex -- control characters are what we look for
const unsafe = /[^\t\x20-\x7e\x80-\xff]/;

/** May these lines be written as HTTP/1.1? */
export const isPlain = ({ method, target, raw }: Head): boolean =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method) && !/[\s]/.test(target) && isText(target) && raw.every(isText);

/** Lines as HTTP/1.1 has them: `Host` for `:authority`, one `cookie` (RFC 9113 §8.2.3), and how the body is framed. */
export const headOf = (raw: Raw, framing: Framing): Head => {
  const pseudo = new Map<string, string>();
  const lines: string[] = [];
  const cookies: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const [name, value] = [raw[i]!, raw[i + 1]!];
    if (name.startsWith(':')) pseudo.set(name, value);
    else if (name === 'cookie') cookies.push(value);
    else if (framing !== 'none' || name !== 'content-length') lines.push(name, value);
    else if (value === '0') lines.push(name, value);
  }
  const authority = pseudo.get(':authority');
  // Both may be there; they must say the same, or there are two.
  const isSaid = headerOf(lines, 'host') === authority;
  const host = authority === undefined || isSaid ? [] : ['host', authority];
  if (cookies.length > 0) lines.push('cookie', cookies.join('; '));
  if (framing === 'chunked') lines.push('transfer-encoding', 'chunked');
  return {
    method: pseudo.get(':method') ?? '',
    target: pseudo.get(':path') ?? '',
    http: '2.0',
    raw: [...host, ...lines],
  };
};

/** `sendTrailers` takes no lines. */
export const fields = (raw: Raw): Record<string, string[]> => {
  // Names are the destination's: none may be met that every object has.
  const all = Object.create(null) as Record<string, string[]>;
  for (let i = 0; i < raw.length; i += 2) (all[raw[i]!] ??= []).push(raw[i + 1]!);
  return all;
};

// RFC 9113 §8.2.2: a message with one of these is malformed.
const ofConnections = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Without what is of a connection of HTTP/1.1. */
export const replyLines = (raw: Raw): string[] => {
  const lines: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    if (!ofConnections.has(name)) lines.push(name, raw[i + 1]!);
  }
  return lines;
};
