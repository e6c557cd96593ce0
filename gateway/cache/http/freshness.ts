// What an origin says of its answer (RFC 9111): may it be kept, for how long is it good, and what of a call does it depend on.
import HttpSemantics from 'http-cache-semantics';
import type { Head, ReplyHead } from '../../../adapters/adapter.ts';
import { directivesOf, fieldsOf, listOf, secondsOf, type Directives, type Fields } from './fields.ts';

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

export interface Judged {
  readonly request: Head;
  readonly reply: ReplyHead;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of the file, milliseconds; null: none. */
  readonly ttl: number | null;
}

/** Null: not to be kept. */
export const freshnessOf = ({ request, reply, now, ttl }: Judged): Freshness | null => {
  const fields = fieldsOf(reply.raw);
  const { all: said, twice } = directivesOf(fields['cache-control']);
  const vary = [...new Set(listOf(fields['vary']))].toSorted();
  if (isForOne(fields, vary) || said.has('private') || said.has('no-store')) return null;
  const semantics = semanticsOf(fieldsOf(request.raw), { status: reply.status, fields, said }, now);
  const isNew = !said.has('no-cache') && fields['pragma']?.toLowerCase().includes('no-cache') !== true;
  const speaks = saysTime(said, fields);
  const standsIn = !speaks && isNew && ttl !== null && lasting.has(reply.status) ? ttl : 0;
  if (!semantics.storable() || (!speaks && !lasting.has(reply.status))) return null;
  const isStrict = !isNew || ['must-revalidate', 'proxy-revalidate', 's-maxage'].some((each) => said.has(each));
  // Two words on one thing: the shorter, which is none (§4.2.1).
  const own = twice || !isNew ? 0 : Math.max(0, lifetimeOf(said, semantics) - semantics.age()) * 1000;
  return {
    left: Math.max(own, standsIn),
    age: semantics.age(),
    whileRevalidate: inMilliseconds(secondsOf(said, 'stale-while-revalidate')),
    ifError: inMilliseconds(secondsOf(said, 'stale-if-error')),
    isStrict,
    vary,
    etag: fields['etag'] ?? null,
    modified: fields['last-modified'] ?? null,
  };
};

const inMilliseconds = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);

const saysTime = (said: Directives, fields: Fields): boolean =>
  said.has('max-age') || said.has('s-maxage') || fields['expires'] !== undefined;

/** `proxy-revalidate` asks for no more than `must-revalidate` does (§5.2.2.8): an answer is good for as long as its age says. */
const lifetimeOf = (said: Directives, semantics: HttpSemantics): number =>
  secondsOf(said, 's-maxage') ?? (said.has('s-maxage') ? 0 : semantics.maxAge());

interface Said {
  readonly status: number;
  readonly fields: Fields;
  readonly said: Directives;
}

/** Directives as that package reads them: lower case, without quotes. */
const semanticsOf = (request: Fields, { status, fields, said }: Said, now: number): HttpSemantics => {
  const plain = [...said]
    .filter(([name]) => name !== 'proxy-revalidate')
    .map(([name, value]) => (value === null ? name : `${name}=${value}`));
  // Whose credentials a call shows is the key's concern: here only the origin's word counts, see caller-key.ts.
  const headers = { ...fields, ...(plain.length === 0 ? {} : { 'cache-control': plain.join(', ') }) };
  class Clocked extends HttpSemantics {
    now(): number {
      return now;
    }
  }
  return new Clocked(
    { method: 'GET', headers: { ...request } },
    { status, headers },
    { shared: true, cacheHeuristic: 0 },
  );
};

/** Made for one caller, a part of it, or depending on what no key has. */
const isForOne = (fields: Fields, vary: readonly string[]): boolean =>
  ['set-cookie', 'www-authenticate', 'authentication-info', 'content-range', 'trailer'].some(
    (name) => name in fields,
  ) ||
  // The gateway tells these itself.
  vary.some((name) => name === '*' || name === 'forwarded' || name === 'via' || name.startsWith('x-forwarded-')) ||
  // Coded, and not said to depend on what codings were asked for.
  (fields['content-encoding'] !== undefined && !vary.includes('accept-encoding'));
