// What a request's head must be before anybody matches it (RFC 9112 §3.2, §6): whoever reads it after us must read what we read.
// Node's parser has refused most of what is malformed; these are the cases it lets pass.
import type { Raw, Trouble } from '../adapter.ts';

/** A request as node:http gives it; `url` is set to origin form where it came in absolute form. */
export interface HeadOfRequest {
  readonly method?: string | undefined;
  url?: string | undefined;
  readonly httpVersion: string;
  readonly rawHeaders: Raw;
}

/** Null: nothing is wrong. `uri`: most characters of a request target. Each call asks: one pass, nothing is made for a head as it should be. */
export const headFlaw = (request: HeadOfRequest, uri: number): Trouble | null => {
  const target = request.url ?? '';
  if (target.length > uri) return tooLong(target.length, uri);
  const version = request.httpVersion;
  if (version !== '1.1' && version !== '1.0') return unknownVersion;
  const raw = request.rawHeaders;
  let host: string | null = null;
  let seen = 0;
  let hops = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const mark = marks[name.length] ?? 0;
    if (mark === viaMark && name.toLowerCase() === 'via') hops += hopsIn(raw[i + 1]!);
    if (mark === 0 || name.toLowerCase() !== names[name.length]) continue;
    if ((seen & mark) !== 0) return bad(`has two ${names[name.length]} headers; expected one`);
    seen |= mark;
    if (mark === hostMark) host = raw[i + 1]!;
    else if (mark === codingMark && raw[i + 1]!.toLowerCase() !== 'chunked') return unknownCoding;
  }
  if ((seen & codingMark) !== 0 && version !== '1.1') return bad('has a Transfer-Encoding before HTTP/1.1');
  if (host === null) {
    if (version !== '1.0') return bad('has no Host');
  } else if (host !== latest.host) {
    if (!hostSyntax.test(host))
      return bad('has a Host that is none; expected a name or an address, with or without port');
    latest.host = host;
  }
  if (hops > mostHops) return looped;
  if (request.method === 'TRACE' || request.method === 'CONNECT') return notAllowed;
  return target.charCodeAt(0) === slash && !target.includes('#') ? null : oddTarget(request, target, host);
};

const hostMark = 1;
const codingMark = 2;
const viaMark = 8;
// Lengths differ, so the length alone says which name it may be. Two of these would be read as the first by some, as the last by others.
const names: readonly (string | undefined)[] = byLength({
  host: 0,
  soapaction: 0,
  'content-type': 0,
  authorization: 0,
  'transfer-encoding': 0,
  'content-length': 0,
});
const marks: readonly number[] = names.map((name, length) =>
  name === undefined
    ? length === 'via'.length
      ? viaMark
      : 0
    : name === 'host'
      ? hostMark
      : name === 'transfer-encoding'
        ? codingMark
        : 1 << length,
);

function byLength(all: Readonly<Record<string, number>>): readonly (string | undefined)[] {
  const list: (string | undefined)[] = Array.from({ length: 20 }, () => undefined);
  for (const name of Object.keys(all)) list[name.length] = name;
  return list;
}

/** Gateways in a row that are no loop yet. */
const mostHops = 10;
/** How often one of us has passed it on. */
const hopsIn = (via: string): number => via.split(/ strangler(?![^\s,])/).length - 1;

/** Clients name the same host call after call. */
const latest = { host: '' };
// RFC 3986 §3.2.2 without user information; names also with `_`, which Windows machines have.
const hostSyntax = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;
const slash = 47;

/** Absolute form names its authority itself: it must be the Host's (RFC 9112 §3.2.2), and only the path goes on. */
const oddTarget = (request: HeadOfRequest, target: string, host: string | null): Trouble | null => {
  if (target.includes('#')) return bad('has a fragment in its target');
  if (target === '*' && request.method === 'OPTIONS') return null;
  const [whole, authority = ''] = /^https?:\/\/([^/?]*)/i.exec(target) ?? [];
  if (whole === undefined) return bad('has a target that is no path');
  if (host === null || authority.toLowerCase() !== host.toLowerCase())
    return bad('has a target whose authority is not its Host');
  const path = target.slice(whole.length);
  request.url = path.startsWith('/') ? path : `/${path}`;
  return null;
};

const trouble = (status: number, code: string, message: string): Trouble => ({
  status,
  code,
  message,
  blame: 'client',
});
const bad = (what: string): Trouble => trouble(400, 'ERR_HEAD', `The request ${what}.`);
const unknownVersion = trouble(
  505,
  'ERR_HEAD',
  'The request is of a version that is not known here; expected HTTP/1.1.',
);
const unknownCoding = trouble(
  501,
  'ERR_HEAD',
  'The request has a transfer coding that is not known here; expected chunked.',
);
const looped = trouble(
  508,
  'ERR_LOOP',
  'The request has come by here before; expected a destination that is no gateway of its own.',
);
const notAllowed = trouble(405, 'ERR_METHOD', 'This method is not allowed here.');
const tooLong = (found: number, most: number): Trouble =>
  trouble(414, 'ERR_URI_TOO_LONG', `The request's target has ${found} characters; at most ${most} are read here.`);
