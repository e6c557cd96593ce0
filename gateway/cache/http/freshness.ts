// What an origin says of its answer (RFC 9111): may it be kept, for how long is it good, and what of a call does it depend on. Reckoned here,
// for what packages do of it is more than the origin said: a day for `immutable`, a minute for `60abc`, directives out of quoted texts.
import type { Head, ReplyHead } from '../../../adapters/adapter.ts';
import {
  directivesOf,
  fieldsOf,
  httpDate,
  listOf,
  secondsIn,
  secondsOf,
  type Directives,
  type Fields,
} from './fields.ts';

export interface Freshness {
  /** Milliseconds for which it is good from now on; 0: to be asked about each time. */
  readonly left: number;
  /** Seconds; what it was old when it came. */
  readonly age: number;
  /** Milliseconds past its time for which it may be given while a new one is asked for, and where nobody can answer; null: the file says. */
  readonly whileRevalidate: number | null;
  readonly ifError: number | null;
  /** The origin wants to be asked once it is over, whatever the file says. */
  readonly isStrict: boolean;
  /** Names of request headers that it depends on, lower case, sorted. */
  readonly vary: readonly string[];
  readonly etag: string | null;
  /** As Last-Modified has it. */
  readonly modified: string | null;
}

/** Statuses for which the file's `ttl` stands in where the origin says nothing; others are kept only by its own word. */
const lasting = new Set([200, 203, 204, 300, 301, 308]);
/** Those of which all is known that keeping them asks for (§3); no parts, and no word on what is kept already. */
const understood = new Set([...lasting, 302, 303, 307, 404, 405, 410, 414, 501]);
/** The origin's leave to give others what was asked with Authorization (§3.5). */
const leave = ['public', 'must-revalidate', 's-maxage'];

export interface Judged {
  readonly request: Head;
  readonly reply: ReplyHead;
  /** Milliseconds since 1970: when it was asked for, and when its head was there. */
  readonly asked: number;
  readonly now: number;
  /** Of the file, milliseconds; null: none. */
  readonly ttl: number | null;
}

/** Null: not to be kept. Never longer than somebody said: there is no guess by Last-Modified, nor by anything else (§4.2.2). */
export const freshnessOf = ({ request, reply, asked, now, ttl }: Judged): Freshness | null => {
  const fields = fieldsOf(reply.raw);
  const { all: said, twice } = directivesOf(fields['cache-control']);
  const vary = [...new Set(listOf(fields['vary']))].toSorted();
  if (!understood.has(reply.status) || isForOne(fields, vary) || said.has('private') || said.has('no-store'))
    return null;
  if ('authorization' in fieldsOf(request.raw) && !leave.some((each) => said.has(each))) return null;
  const lifetime = lifetimeOf(said, fields, now);
  if (lifetime === null && !lasting.has(reply.status)) return null;
  const isNew = !said.has('no-cache') && fields['pragma']?.toLowerCase().includes('no-cache') !== true;
  const age = ageOf(fields) + Math.max(0, now - asked) / 1000;
  // Two words on one thing: the shorter, which is none (§4.2.1).
  const own = twice ? 0 : Math.max(0, (lifetime ?? 0) - age) * 1000;
  return {
    left: isNew ? (lifetime === null ? (ttl ?? 0) : own) : 0,
    age,
    whileRevalidate: inMilliseconds(secondsOf(said, 'stale-while-revalidate')),
    ifError: inMilliseconds(secondsOf(said, 'stale-if-error')),
    // `proxy-revalidate` asks for no more than `must-revalidate` does (§5.2.2.8), nor does `s-maxage` (§5.2.2.10).
    isStrict: !isNew || ['must-revalidate', 'proxy-revalidate', 's-maxage'].some((each) => said.has(each)),
    vary,
    etag: fields['etag'] ?? null,
    modified: fields['last-modified'] ?? null,
  };
};

const inMilliseconds = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);

/** Seconds (§4.2.1); null: the origin says nothing of it. What cannot be read is none. */
const lifetimeOf = (said: Directives, fields: Fields, now: number): number | null => {
  for (const name of ['s-maxage', 'max-age']) if (said.has(name)) return secondsOf(said, name) ?? 0;
  const { expires, date } = fields;
  if (expires === undefined) return null;
  const from = httpDate(date) ?? now;
  return Math.max(0, (httpDate(expires) ?? from) - from) / 1000;
};

/** Seconds, as caches before this one count (§5.1); what cannot be read is left out. */
const ageOf = ({ age = '' }: Fields): number => secondsIn(age.split(',', 1)[0]!.trim()) ?? 0;

/** Made for one caller, a part of it, or depending on what no key has. */
const isForOne = (fields: Fields, vary: readonly string[]): boolean =>
  ['set-cookie', 'www-authenticate', 'authentication-info', 'content-range', 'trailer'].some(
    (name) => name in fields,
  ) ||
  // The gateway tells these itself.
  vary.some((name) => name === '*' || name === 'forwarded' || name === 'via' || name.startsWith('x-forwarded-')) ||
  // Coded, and not said to depend on what codings were asked for.
  (fields['content-encoding'] !== undefined && !vary.includes('accept-encoding'));
