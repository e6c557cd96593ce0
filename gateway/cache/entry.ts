// An answer that is kept: what came, until when it is good, and what takes it back.
import type { Keepable, Raw } from '../../adapters/adapter.ts';
import type { Side } from '../exchange.ts';

export interface Entry {
  readonly status: number;
  readonly reason: string;
  /** Header lines without framing: a Content-Length is written for each reply. */
  readonly raw: Raw;
  readonly body: Buffer;
  readonly keepable: Keepable;
  /** Who gave it. */
  readonly by: Exclude<Side, 'cache' | 'gateway'>;
  readonly destination: string;
  /** Milliseconds since 1970. */
  readonly storedAt: number;
  readonly freshUntil: number;
  /** The last moment at which it may be given while a new one is asked for; not before `freshUntil`. */
  readonly staleUntil: number;
  /** The last moment at which it may stand in for an error. */
  readonly errorUntil: number;
  /** `route.operation` that it answered. */
  readonly of: string;
  /** Of plain HTTP; absent: of a contract. */
  readonly http?: HttpMark;
  /** Any of these takes it back; the first is the operation as a whole. */
  readonly tags: readonly string[];
}

export interface HttpMark {
  /** Seconds that it was old when it came. */
  readonly age: number;
  readonly etag: string | null;
  readonly modified: string | null;
  /** Names of request headers that it depends on. */
  readonly vary: readonly string[];
  /** Milliseconds since 1970; the last moment at which it is worth to ask whether it is still good. */
  readonly until: number;
}

/** Bytes that it takes, as measured with V8 15 (test/cache/kept-memory.ts): its own objects, its places in the maps, and each text. */
export const sizeOf = ({ body, raw, tags }: Entry): number => {
  let bytes = own + body.length;
  for (const text of raw) bytes += ofText + text.length;
  // The first tag is the operation as a whole, which has all of them in one set.
  for (let at = 1; at < tags.length; at += 1) bytes += ofTag + tags[at]!.length;
  return bytes;
};

const own = 720;
const ofText = 55;
const ofTag = 140;

/** After that it is of no use. */
export const endOf = ({ staleUntil, errorUntil, http }: Entry): number =>
  Math.max(staleUntil, errorUntil, http?.until ?? 0);
