// One call with a long body each way; it reads what comes only when it may.
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { blocks } from './blocks.ts';

export interface LongCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body, between these texts. */
  readonly bytes: number;
  readonly before: string;
  readonly after: string;
  /** Told of every piece that the kernel took. */
  readonly sent?: (bytes: number) => void;
  /** The reply is left unread until then. */
  readonly reads?: Promise<void>;
}

export interface LongReply {
  readonly status: number;
  /** Hash of the body as the destination saw it, and of the reply's. */
  readonly seen: string;
  readonly got: string;
}

export const longCall = (call: LongCall): Promise<LongReply> =>
  new Promise((resolve, reject) => {
    const req = request(call.url, { method: 'POST', headers: call.headers, agent: false });
    req.on('error', reject);
    req.on('response', (res) => {
      const hash = createHash('sha256');
      const read = async (): Promise<void> => {
        await call.reads;
        for await (const piece of res) hash.update(piece as Buffer);
        resolve({ status: res.statusCode!, seen: String(res.headers['x-seen']), got: hash.digest('hex') });
      };
      read().catch(reject);
    });
    const body = function* (): Generator<Buffer> {
      yield Buffer.from(call.before);
      for (const block of blocks(call.bytes)) {
        call.sent?.(block.length);
        yield block;
      }
      yield Buffer.from(call.after);
    };
    pipeline(Readable.from(body(), { objectMode: true, highWaterMark: 1 }), req).catch(reject);
  });
