// The oracle: Node's own parser (llhttp), used as its HTTP client uses it.
import { createRequire } from 'node:module';
import { pieces } from '../fuzzer.ts';
import { Reading, type ReadReplies } from './reading.ts';
import type { ReplyCase } from './reply-case.ts';

interface NodeParser {
  initialize(type: number, resource: object, maxHeaderSize: number, lenient: number): void;
  /** Bytes used, or an Error. */
  execute(bytes: Buffer): number | Error;
  finish(): Error | undefined;
  /** Nothing else gives its memory back. */
  close(): void;
  [on: number]: unknown;
}
interface NodeParserClass {
  new (): NodeParser;
  readonly RESPONSE: number;
  readonly kLenientNone: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

// No public module has it: `node:http` would read one reply a connection, and not tell where it ends.
const { HTTPParser } = createRequire(import.meta.url)('_http_common') as { HTTPParser: NodeParserClass };

const maxHead = 128 * 1024;

/** What Node's client would make of these bytes. */
export const nodeReplies = (given: ReplyCase): ReadReplies => {
  const reading = new Reading(given.methods);
  const parser = new HTTPParser();
  let fields: string[] = [];
  let isInterim = false;
  parser.initialize(HTTPParser.RESPONSE, {}, maxHead, HTTPParser.kLenientNone);
  // Lines that did not fit, and trailers.
  parser[HTTPParser.kOnHeaders] = (raw: string[]) => fields.push(...raw);
  parser[HTTPParser.kOnHeadersComplete] = (...[, , raw, , , status, reason, upgrade, open]: HeadTold): number => {
    const all = raw === undefined ? fields : raw;
    fields = [];
    isInterim = status < 200;
    if (reading.isOver) return 0;
    if (upgrade) {
      reading.fail('an upgrade');
      return 2;
    }
    if (isInterim) {
      reading.interim(status);
      return 1;
    }
    const { method } = reading;
    reading.head({ status, reason, raw: all }, open);
    return method === 'HEAD' || status === 304 ? 1 : 0; // as `parserOnIncomingClient`
  };
  parser[HTTPParser.kOnBody] = (bytes: Buffer) => reading.bytes(bytes);
  parser[HTTPParser.kOnMessageComplete] = () => {
    const trailers = fields;
    fields = [];
    if (!isInterim) reading.replied(trailers);
  };
  for (const piece of pieces(given)) {
    if (reading.isOver) break;
    const used = parser.execute(piece);
    if (typeof used !== 'number') reading.fail((used as NodeJS.ErrnoException).code ?? used.message);
  }
  if (given.ends && !reading.isOver && reading.error === null) {
    const error = parser.finish();
    if (error !== undefined) reading.fail((error as NodeJS.ErrnoException).code ?? error.message);
  }
  parser.close();
  return reading.told();
};

type HeadTold = [
  major: number,
  minor: number,
  raw: string[] | undefined,
  method: undefined,
  url: undefined,
  status: number,
  reason: string,
  upgrade: boolean,
  keepAlive: boolean,
];
