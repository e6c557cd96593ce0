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
  /** Any of these takes it back. */
  readonly tags: readonly string[];
}

/** Bytes that it takes, about: text as one byte a character, and what holds it together. */
export const sizeOf = ({ body, raw, tags }: Entry): number => {
  let bytes = overhead + body.length;
  for (const text of raw) bytes += text.length;
  for (const tag of tags) bytes += 2 * tag.length + 64;
  return bytes;
};

const overhead = 700;

/** After that it is of no use. */
export const endOf = ({ staleUntil, errorUntil }: Entry): number => Math.max(staleUntil, errorUntil);
