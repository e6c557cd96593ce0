// What takes answers of plain HTTP back: the operation as a whole, the resource that was asked for (RFC 9111 §4.4), or parameters of its path.
import type { Call, Raw } from '../../../adapters/adapter.ts';
import { tagsOfRead, tagsOfWrite } from '../tags.ts';
import type { HttpChange, HttpCachePolicy } from './policy.ts';

/** Of what one call asked for; the first is the operation as a whole. */
export const tagsOfGet = ({ templates, inputOf }: HttpCachePolicy, call: Asking): string[] => {
  const tags = tagsOfRead(templates, inputOf(call.head.target));
  return [...tags, `${templates[0]!.whole}:${placeOf(call)}`];
};

/** Of what one call may have changed; `raw`: lines of its answer. */
export const tagsOfChange = (change: HttpChange, call: Asking, raw: Raw): string[] => {
  const input = change.inputOf(call.head.target);
  const isSafe = safe.has(call.head.method);
  const named = tagsOfWrite(input === null && !isSafe ? [...change.takes, ...change.uncertain] : change.takes, input);
  const changed = isSafe ? [] : changedPlaces(call, raw).flatMap((place) => tagsAt(change, place));
  return [...new Set([...named, ...changed])];
};

/** Of all that may be kept of what one call asks for. */
export const tagsOfTarget = (change: HttpChange, call: Asking): string[] => tagsAt(change, placeOf(call));

const tagsAt = ({ keptAt }: HttpChange, place: string): string[] =>
  keptAt(place.slice(place.indexOf('/'))).map((whole) => `${whole}:${place}`);

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

type Asking = Pick<Call, 'head' | 'header'>;

/** The same for all spellings of one URI; scheme and default port aside. */
const placeOf = (call: Asking): string => {
  const url = urlOf(call);
  return url === null ? `${call.header('host') ?? ''}${call.head.target}` : normalOf(url);
};

/** The target, and what the reply's Location and Content-Location name at the same authority. */
const changedPlaces = (call: Asking, raw: Raw): readonly string[] => {
  const base = urlOf(call);
  const found = [placeOf(call)];
  for (let at = 0; at < raw.length; at += 2) {
    if (!/^(?:content-)?location$/i.test(raw[at]!) || base === null || !URL.canParse(raw[at + 1]!, base)) continue;
    const url = new URL(raw[at + 1]!, base);
    if (url.hostname === base.hostname && portOf(url) === portOf(base)) found.push(normalOf(url));
  }
  return [...new Set(found)];
};

const urlOf = (call: Asking): URL | null => {
  const text = `http://${call.header('host') ?? ''}${call.head.target}`;
  return URL.canParse(text) ? new URL(text) : null;
};

/** Behind TLS that ends elsewhere, nobody knows the scheme for sure. */
const portOf = ({ port }: URL): string => (port === '443' ? '' : port);

const normalOf = (url: URL): string => `${url.hostname}:${portOf(url)}${normal(url.pathname)}${normal(url.search)}`;

/** RFC 3986 §6.2.2. */
const normal = (text: string): string =>
  text.replaceAll(/%[0-9a-f]{2}/gi, (code) => {
    const letter = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[\w.~-]/.test(letter) ? letter : code.toUpperCase();
  });
