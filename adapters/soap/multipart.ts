// The root part of MTOM and SOAP with attachments (RFC 2387), taken out as bytes come. Nothing is dereferenced:
// xop:Include stays what it is, and other parts are skipped unread.
import { contentType } from './content-type.ts';
import { normalisedAction, packedType } from './action.ts';
import { Stop } from './stop.ts';
import type { ContentType } from './content-type.ts';

/** Longest header block of a part, bytes. */
const headLimit = 16_384;
const nothing = Buffer.alloc(0);
const headEnd = Buffer.from('\r\n\r\n');

/** What the root part's own head says. */
export interface RootHead {
  readonly charset: string | null;
  /** Media type of what is packed, such as `text/xml`; null where it says none. */
  readonly media: string | null;
  readonly actions: readonly string[];
}

/** One multipart body, given piece by piece. */
export class RootPart {
  #delimiter: Buffer;
  #start: string | null;
  #state: 'between' | 'head' | 'root' | 'skip' | 'done' = 'between';
  // A boundary may stand at the very beginning; otherwise a line end belongs to it.
  #held: Buffer = Buffer.from('\r\n');
  head: RootHead | null = null;

  /** `start`: Content-ID of the root part without brackets; null: the first part is it. */
  constructor(boundary: string, start: string | null) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
    this.#start = start;
  }

  /** All of the root part has been given. */
  get isOver(): boolean {
    return this.#state === 'done';
  }

  /** Takes the next bytes; gives those of the root part among them. @throws Stop `malformed`, `limit`, `opaque`. */
  take(bytes: Buffer): Buffer {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    for (;;) {
      if (this.#state === 'done') this.#held = nothing;
      if (this.#state === 'root') return this.#content();
      const moved = this.#state === 'head' ? this.#readHead() : this.#state !== 'done' && this.#toDelimiter();
      if (!moved) return nothing;
    }
  }

  #content(): Buffer {
    const found = this.#find();
    const content = this.#held.subarray(0, found);
    if (this.#isDelimiter(found)) this.#state = 'done';
    this.#held = this.#state === 'done' ? nothing : this.#held.subarray(found);
    return content;
  }

  /** Drops what stands before the next part. */
  #toDelimiter(): boolean {
    const found = this.#find();
    this.#held = this.#held.subarray(found);
    if (!this.#isDelimiter(0)) return false;
    const rest = this.#held.subarray(this.#delimiter.length);
    if (rest[0] === 0x2d) throw new Stop('malformed'); // the end, and no root part was there
    const line = rest.indexOf('\r\n');
    if (line < 0) return false;
    // Blanks may follow a boundary (RFC 2046 §5.1.1). With anything else there, some readers go on and some do not.
    if (!/^[ \t]*$/.test(rest.toString('latin1', 0, line))) throw new Stop('malformed');
    this.#held = rest.subarray(line);
    this.#state = 'head';
    return true;
  }

  #readHead(): boolean {
    const end = this.#held.indexOf(headEnd);
    if (end > headLimit || (end < 0 && this.#held.length > headLimit)) throw new Stop('limit');
    if (end < 0) return false;
    const delimiter = this.#held.indexOf(this.#delimiter);
    if (delimiter >= 0 && delimiter < end) throw new Stop('malformed'); // the part ended before its head did
    const fields = partHead(this.#held.toString('latin1', 0, end));
    this.#held = this.#held.subarray(end + headEnd.length - (this.#isRoot(fields) ? 0 : 2));
    this.#state = this.#isRoot(fields) ? 'root' : 'skip';
    if (this.#state === 'root') this.head = rootHead(fields);
    return true;
  }

  #isRoot(fields: ReadonlyMap<string, string>): boolean {
    return this.#start === null || fields.get('content-id')?.replace(/^\s*<|>\s*$/g, '') === this.#start;
  }

  /** Index of the next delimiter, or of what could still become one, or the length. */
  #find(): number {
    const held = this.#held;
    let from = 0;
    for (;;) {
      const found = held.indexOf(this.#delimiter, from);
      if (found < 0) return tailThatMayBegin(this.#delimiter, held);
      const next = held[found + this.#delimiter.length];
      // A longer line that merely begins like the delimiter is none.
      if (next === undefined || next === 0x2d || next === 0x0d || next === 0x20 || next === 0x09) return found;
      from = found + 1;
    }
  }

  #isDelimiter(at: number): boolean {
    const end = at + this.#delimiter.length;
    return this.#held.length > end && this.#held.subarray(at, end).equals(this.#delimiter);
  }
}

const tailThatMayBegin = (delimiter: Buffer, held: Buffer): number => {
  for (let at = Math.max(0, held.length - delimiter.length); at < held.length; at++) {
    if (held[at] === 0x0d && delimiter.subarray(0, held.length - at).equals(held.subarray(at))) return at;
  }
  return held.length;
};

/** Header lines of a part by lower-case name. What is read in two ways is malformed: one that stands twice, a bare line end, no name. */
const partHead = (text: string): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>();
  for (const line of text.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon < 0 || /[\r\n]/.test(line)) throw new Stop('malformed');
    const name = line.slice(0, colon).trim().toLowerCase();
    if (fields.has(name)) throw new Stop('malformed');
    fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
};

const plainTransfers: ReadonlySet<string> = new Set(['', '7bit', '8bit', 'binary']);

const rootHead = (fields: ReadonlyMap<string, string>): RootHead => {
  if (!plainTransfers.has(fields.get('content-transfer-encoding')?.toLowerCase() ?? '')) throw new Stop('opaque');
  const text = fields.get('content-type');
  if (text === undefined) return { charset: null, media: null, actions: [] };
  const outer = contentType(text);
  if (outer.odd) throw new Stop('malformed');
  const packed = packedType(outer);
  return {
    charset: outer.parameters.get('charset')?.toLowerCase() ?? null,
    media: packed?.media ?? null,
    actions: actionsOf(packed === null || packed === outer ? [outer] : [outer, packed]),
  };
};

const actionsOf = (types: readonly ContentType[]): readonly string[] => {
  const named = types.map((type) => normalisedAction(type.parameters.get('action') ?? ''));
  return [...new Set(named.filter((action) => action !== ''))];
};
