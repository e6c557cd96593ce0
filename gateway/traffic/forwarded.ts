// RFC 7239 `Forwarded` of a call, read only where no X-Forwarded-* is there. A proxy that knows one of the two lets a client's own
// words in the other pass, so one of them has to count for more; it is the one that proxies have written for longer.

/** What one proxy said of the connection by which it got the call; null where it did not say. */
export interface Hop {
  readonly for: string | null;
  readonly host: string | null;
  readonly proto: string | null;
}

/** The nearest proxy's last. Empty where there is none, where X-Forwarded-* says it, and where it is not written as it should be. */
export const forwardedHops = (raw: readonly string[]): readonly Hop[] => {
  const lines: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (name.length < 9) continue;
    const lower = name.toLowerCase();
    if (lower.startsWith('x-forwarded-')) return none;
    if (lower === 'forwarded') lines.push(raw[i + 1] ?? '');
  }
  return lines.length === 0 ? none : (hopsIn(lines.join(',')) ?? none);
};

const none: readonly Hop[] = [];
// §4; unquoted colons and brackets are against the rule, and written all the same.
const pairAt = /[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+)))?[ \t]*(;|,|$)/y;

const hopsIn = (text: string): readonly Hop[] | null => {
  const hops: Hop[] = [];
  let pairs = new Map<string, string>();
  for (pairAt.lastIndex = 0; ;) {
    const found = pairAt.exec(text);
    if (found === null) return null;
    const [, name, quoted, bare = '', end] = found;
    if (name !== undefined) pairs.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? bare);
    if (end === ';') continue;
    const said = (key: string): string | null => pairs.get(key) ?? null;
    // An empty element of a list is none (RFC 9110 §5.6.1).
    if (pairs.size > 0) hops.push({ for: said('for'), host: said('host'), proto: said('proto') });
    if (end === '') return hops;
    pairs = new Map();
  }
};
