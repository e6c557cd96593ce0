// A body that is already here: replies we made ourselves, and messages that were read whole.

import { AdapterError } from '../errors.ts';
import type { Body, Call, Deadline, Flow, Framing, Raw, Sink } from '../adapter.ts';
import { CallDeadline } from './deadline.ts';
import { headerOf } from './headers.ts';

const noTrailers: Raw = [];
const done: Flow = { pause() {}, resume() {}, stop() {} };

/** A body of known bytes; it can be poured any number of times. */
export const bytesBody = (bytes: Buffer): Body => new BytesBody(bytes);

/** The body of a message that has none, as a GET. */
export const noBody = (): Body => new BytesBody(Buffer.alloc(0), 'none');

/** A call that goes on when its client has left. Its sender's own timeouts are its only bounds. */
export const detached = (call: Call, body: Buffer): { readonly call: Call; readonly deadline: Deadline } => {
  const { head, client, message, repeatable = null } = call;
  // Framed as its head says.
  const own = new BytesBody(body, call.body.framing);
  const header = (name: string) => headerOf(head.raw, name);
  return {
    call: { head, body: own, client, expects: null, message, repeatable, header },
    deadline: new CallDeadline(),
  };
};

class BytesBody implements Body {
  readonly framing: Framing;
  readonly again = 'held' as const;
  readonly bytes: Buffer;
  #look: ((bytes: Buffer) => AdapterError | null) | null = null;
  #ended: (() => void) | null = null;

  constructor(bytes: Buffer, framing: Framing = { bytes: bytes.length }) {
    this.bytes = bytes;
    this.framing = framing;
  }

  prefix(_min: number, _deadline: Deadline): Promise<Buffer> {
    return Promise.resolve(this.bytes);
  }

  hold(): void {}

  release(): void {}

  tap(look: (bytes: Buffer) => AdapterError | null, ended: (() => void) | null = null): void {
    this.#look = look;
    this.#ended = ended;
  }

  pour(into: Sink): Flow {
    const refused = this.#look?.(this.bytes) ?? null;
    if (refused !== null) {
      into.cut(refused);
      return done;
    }
    if (this.bytes.length > 0) into.chunk(this.bytes);
    this.#ended?.();
    into.end(noTrailers);
    return done;
  }

  whole(max: number, _deadline: Deadline): Promise<Buffer> {
    if (this.bytes.length <= max) return Promise.resolve(this.bytes);
    return Promise.reject(
      new AdapterError('ERR_TOO_LARGE', `a body of ${this.bytes.length} bytes, at most ${max} are held`),
    );
  }
}
