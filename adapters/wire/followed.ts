// Addresses in a reply's head lead where its client came in: Location and its like, and the reach of cookies. All else stays.
import type { Call, Entrance, Raw } from '../adapter.ts';
import { replacedOf } from './retarget.ts';

export interface Following extends Entrance {
  /** Host that the destination is asked with; null: the client's. */
  readonly host: string | null;
  /** Where a call's client came in, such as `https://api.example.com/soap`; null: nobody knows. */
  readonly cameIn: (call: Call) => string | null;
}

/** One value of a header, by its lower-case name, as the client is to have it; what has nothing to follow is given back as it is. */
export type Follow = (name: string, value: string, call: Call) => string;

/** Lower-case names of what may hold an address; no two are of one length. */
export const followed = ['refresh', 'location', 'set-cookie', 'content-location'] as const;
const byLength: readonly (string | undefined)[] = Array.from({ length: 17 }, (_, length) =>
  followed.find((name) => name.length === length),
);

/** Lines of a reply as its client is to have them; the very array where nothing changes. Each reply asks. */
export const followedLines =
  (follow: Follow) =>
  (raw: Raw, call: Call): Raw => {
    let lines: string[] | null = null;
    for (let i = 0; i < raw.length; i += 2) {
      const name = byLength[raw[i]!.length];
      if (name === undefined || raw[i]!.toLowerCase() !== name) continue;
      const value = raw[i + 1]!;
      const changed = follow(name, value, call);
      if (changed !== value) (lines ??= [...raw])[i + 1] = changed;
    }
    return lines ?? raw;
  };

export const following = (entrance: Following): Follow => {
  const { url, host, cameIn } = entrance;
  const paths = pathsOf(entrance);
  const { protocol, hostname } = new URL(url);
  /** An address in full, or a path from the root. What is neither is relative to what the client asked for. */
  const address = (value: string, call: Call): string => {
    const [, scheme = '', authority, rest = ''] = /^(https?:)?\/\/([^/?#\s@\\]+)((?:[/?#]\S*)?)$/i.exec(value) ?? [];
    if (authority === undefined)
      return /^\/(?![/\\])/.test(value) ? asClientsHaveIt(paths.address(value) ?? value, cameIn(call)) : value;
    const base = cameIn(call);
    if (base === null) return value;
    const asked = host ?? call.header('host');
    const path = asClientsHaveIt(paths.address(rest) ?? rest, base);
    const isOurs = scheme === '' || scheme.toLowerCase() === protocol;
    const name = bareAuthority(authority, scheme || protocol);
    const { protocol: met, host: here } = new URL(base);
    if (isOurs && authoritiesOf(url, asked).has(name)) return `${scheme === '' ? '' : met}//${here}${path}`;
    // Where clients come in, in its other scheme: a way up to TLS, say. Only its path is the destination's.
    return authority.toLowerCase() === here ? `${scheme}//${authority}${path}` : value;
  };
  const domain = (value: string, call: Call): string => {
    const base = cameIn(call);
    const wanted = value.replace(/^\./, '').toLowerCase();
    if (base === null || wanted === '') return value;
    const outside = new URL(base).hostname;
    return !isWithin(outside, wanted) && isWithin(hostname, wanted) ? outside : value;
  };
  return (name, value, call) => {
    if (name === 'set-cookie') {
      const path = (found: string): string => {
        // To clients that says nothing (RFC 6265 §5.2.4).
        if (!found.startsWith('/')) return found;
        const ours = paths.cookie(found);
        // All of the host, and not for us to narrow.
        return ours === '/' ? ours : asClientsHaveIt(ours, cameIn(call));
      };
      return cookie(value, path, (found) => domain(found, call));
    }
    if (name !== 'refresh') return address(value, call);
    return value.replace(refreshed, (_, before: string, to: string) => before + address(to, call));
  };
};

/**
 * A path of the gateway's as a client has it that came in at `base`, by a proxy that takes that path off. Who was told of it, in
 * `X-Forwarded-Prefix`, may have put it there already.
 */
const asClientsHaveIt = (path: string, base: string | null): string => {
  const [, before = ''] = /^https?:\/\/[^/]+(\/.*)$/i.exec(base ?? '') ?? [];
  const isThere = path.startsWith(before) && /^(?:[/?#]|$)/.test(path.slice(before.length));
  return isThere ? path : before + path;
};

/** The same of a destination with several urls: any of them may speak of any. */
export const followingAll = (urls: readonly { readonly url: string }[], settings: Omit<Following, 'url'>): Follow => {
  const each = urls.map(({ url }) =>
    following({ ...settings, url, host: settings.host === null ? null : new URL(url).host }),
  );
  const [only] = each;
  if (each.length === 1 && only !== undefined) return only;
  return (name, value, call) =>
    each.find((follow) => follow(name, value, call) !== value)?.(name, value, call) ?? value;
};

// `5; url=/next`, also quoted.
const refreshed = /^(\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?["']?)([^\s"']+)/i;

/** RFC 6265 §5.2: attributes come after the first `;`, in any case. */
const cookie = (value: string, path: (found: string) => string, domain: (found: string) => string): string =>
  value
    .replaceAll(/(;\s*path\s*=\s*"?)([^;"\s]+)/gi, (_, before: string, found: string) => before + path(found))
    .replaceAll(/(;\s*domain\s*=\s*"?)([^;"\s]+)/gi, (_, before: string, found: string) => before + domain(found));

const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

interface Paths {
  /** Null: not below what is replaced. */
  readonly address: (path: string) => string | null;
  readonly cookie: (path: string) => string;
}

const pathsOf = (entrance: Entrance): Paths => {
  const replaced = replacedOf(entrance);
  if (replaced === null) return { address: () => null, cookie: (path) => path };
  const { mount, own } = replaced;
  const fold = (path: string): string => (entrance.mount.iis ? path.toLowerCase() : path);
  const isBelow = (path: string, top: string): boolean =>
    fold(path.slice(0, top.length)) === fold(top) && /^(?:[/?#]|$)/.test(path.slice(top.length));
  const address = (path: string): string | null => {
    if (!isBelow(path, own)) return null;
    const there = mount + path.slice(own.length);
    return there.startsWith('/') ? there : `/${there}`;
  };
  return {
    address,
    cookie: (path) => {
      if (own === '' && path === '/') return mount === '' ? '/' : mount;
      if (isBelow(path, own)) return address(path) ?? path;
      // Above the destination's own path, where the client's would not be reached: all that the route covers.
      return path.length > 1 && isBelow(own, path.replace(/\/$/, '')) ? mount || '/' : path;
    },
  };
};

/** In lower case, without the port that the scheme has anyway. `scheme`: `http` or `https`, with or without its colon. */
export const bareAuthority = (authority: string, scheme: string): string =>
  authority.toLowerCase().replace(/^https/i.test(scheme) ? /:443$/ : /:80$/, '');

/**
 * Names under which a destination may speak of itself: that of its url, the Host it was asked with, and, as ASMX has it, the name of
 * that Host with its own port.
 */
export const authoritiesOf = (url: string, host: string | null): ReadonlySet<string> => {
  const { protocol, host: own, port } = new URL(url);
  const authorities = new Set([own]);
  if (host === null) return authorities;
  const asked = host.trim().toLowerCase();
  const name = asked.replace(/:\d+$/, '');
  for (const scheme of ['http', 'https']) authorities.add(bareAuthority(asked, scheme));
  authorities.add(port === '' ? name : bareAuthority(`${name}:${port}`, protocol));
  return authorities;
};
