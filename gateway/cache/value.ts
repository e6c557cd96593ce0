// An answer as one value of bytes, and back. What somebody else wrote, or what was cut, is nothing.
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { endOf, type Entry } from './entry.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Of this layout; another one is nothing to us. */
const magic = Buffer.from('STRANGL1', 'latin1');
const checked = magic.length + 32;
/** Bytes from which on a body is compressed. */
const large = 2048;

type Head = Omit<Entry, 'body' | 'tags'> & { readonly length: number; readonly packed: boolean };

/** Layout: magic, SHA-256 of the key and all that follows, length of the head (4 bytes), head in JSON, body. */
export const valueOf = async (key: string, { body, ...entry }: Entry): Promise<Buffer> => {
  const packed = body.length >= large ? await compress(body) : body;
  const isPacked = packed.length < body.length;
  // Its tags are part of what is asked.
  const head: Head & { readonly tags: undefined } = {
    ...entry,
    tags: undefined,
    length: body.length,
    packed: isPacked,
  };
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  const rest = Buffer.concat([length, json, isPacked ? packed : body]);
  return Buffer.concat([magic, sum(key, rest), rest]);
};

export interface Reading {
  readonly key: string;
  readonly tags: readonly string[];
  /** Longest body that is taken. */
  readonly maxBytes: number;
  /** Milliseconds since 1970, by the reader's clock: the writer's may go otherwise. */
  readonly now: number;
  /** Milliseconds that it is of use yet. */
  readonly left: number;
}

/** Null: not one of ours, not whole, not of this key, or too long. */
export const entryOf = async (value: Buffer, { key, tags, maxBytes, now, left }: Reading): Promise<Entry | null> => {
  const rest = value.subarray(checked);
  if (rest.length < 4 || !value.subarray(0, magic.length).equals(magic)) return null;
  if (!sum(key, rest).equals(value.subarray(magic.length, checked))) return null;
  const from = 4 + rest.readUInt32BE(0);
  const { length, packed, ...head } = JSON.parse(rest.toString('utf8', 4, from)) as Head;
  if (length > maxBytes) return null;
  const kept = rest.subarray(from);
  const body = packed ? await decompress(kept, { maxOutputLength: maxBytes + 1 }) : Buffer.from(kept);
  if (body.length !== length) return null;
  const shift = now + left - endOf({ ...head, body, tags });
  return {
    ...head,
    ...(head.http && { http: { ...head.http, until: head.http.until + shift } }),
    body,
    tags,
    storedAt: head.storedAt + shift,
    freshUntil: head.freshUntil + shift,
    staleUntil: head.staleUntil + shift,
    errorUntil: head.errorUntil + shift,
  };
};

const sum = (key: string, rest: Buffer): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from(`${key}\n`), rest]), 'buffer');
