// The resource that a call is about, as caches name it: whoever changes it takes back what is kept of it (RFC 9111 §4.4).
import type { Call, Raw } from '../../../adapters/adapter.ts';

/** The same for all spellings of one URI; scheme and default port aside. */
export const targetTag = (call: Pick<Call, 'head' | 'header'>): string =>
  tagOf(urlOf(call)) ?? `${call.header('host') ?? ''}${call.head.target}`;

/** The target, and what the reply's Location and Content-Location name at the same authority. */
export const changedTags = (call: Pick<Call, 'head' | 'header'>, raw: Raw): readonly string[] => {
  const own = targetTag(call);
  const base = urlOf(call);
  const found = [own];
  for (let at = 0; at < raw.length; at += 2) {
    if (!/^(?:content-)?location$/i.test(raw[at]!) || base === null || !URL.canParse(raw[at + 1]!, base)) continue;
    const url = new URL(raw[at + 1]!, base);
    const tag = url.hostname === base.hostname && portOf(url) === portOf(base) ? tagOf(url) : null;
    if (tag !== null) found.push(tag);
  }
  return [...new Set(found)];
};

const urlOf = (call: Pick<Call, 'head' | 'header'>): URL | null => {
  const text = `http://${call.header('host') ?? ''}${call.head.target}`;
  return URL.canParse(text) ? new URL(text) : null;
};

/** Behind TLS that ends elsewhere, nobody knows the scheme for sure. */
const portOf = ({ port }: URL): string => (port === '443' ? '' : port);

const tagOf = (url: URL | null): string | null =>
  url === null ? null : `${url.hostname}:${portOf(url)}${normal(url.pathname)}${normal(url.search)}`;

/** RFC 3986 §6.2.2. */
const normal = (text: string): string =>
  text.replaceAll(/%[0-9a-f]{2}/gi, (code) => {
    const letter = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[\w.~-]/.test(letter) ? letter : code.toUpperCase();
  });
