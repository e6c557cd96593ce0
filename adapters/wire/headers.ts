// Header lines as the wire has them: flat arrays of name and value, never an object per call.
import type { Raw } from '../adapter.ts';

/** First value of a header by lower-case name, or null. */
export const headerOf = (raw: Raw, name: string): string | null => {
  for (let i = 0; i < raw.length; i += 2) {
    const found = raw[i]!;
    if (found.length === name.length && found.toLowerCase() === name) return raw[i + 1]!;
  }
  return null;
};

// RFC 9110 §7.6.1, and the connection's own authentication; `te` and `trailer` concern one hop only.
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
]);
const hopLengths = new Set([...hopByHop].map((name) => name.length));

// A sender may not use Connection to make us drop what others rely on (reliability: request smuggling by Connection).
const neverListed = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'authorization',
  'content-type',
  'soapaction',
  // Answered by the destination, who would not know of it.
  'expect',
  // Ours, on this hop.
  'forwarded',
  'via',
]);

/** By its lower-case name. */
export const isRelied = (name: string): boolean => neverListed.has(name);

/** Names that this message's Connection header makes hop-by-hop; null where it names nothing of note. */
export const listedByConnection = (raw: Raw): Set<string> | null => {
  let listed: Set<string> | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    for (const part of raw[i + 1]!.split(',')) {
      const token = part.trim().toLowerCase();
      if (token === '' || token === 'close' || token === 'keep-alive' || neverListed.has(token)) continue;
      if (token.startsWith('x-forwarded-')) continue;
      (listed ??= new Set()).add(token);
    }
  }
  return listed;
};

/** May this header line cross to the next hop? */
export const crosses = (name: string, listed: Set<string> | null): boolean => {
  if (listed === null && !hopLengths.has(name.length)) return true;
  const lower = name.toLowerCase();
  return !hopByHop.has(lower) && !(listed?.has(lower) ?? false);
};

/** The lines of a reply that go on to the client. Transfer-Encoding stays: it says how we frame, too. */
export const replyLines = (raw: Raw): Raw => {
  const listed = listedByConnection(raw);
  const kept: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (crosses(name, listed)) kept.push(name, raw[i + 1]!);
  }
  return kept.length === raw.length ? raw : kept;
};
