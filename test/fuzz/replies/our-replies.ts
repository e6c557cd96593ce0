// Our parser, used as a connection uses it, but told to go on with the next reply at once.
import { ReplyParser } from '../../../adapters/wire/reply-parser.ts';
import { pieces } from '../fuzzer.ts';
import { Reading, type ReadReplies } from './reading.ts';
import type { ReplyCase } from './reply-case.ts';

export const ourReplies = (given: ReplyCase): ReadReplies => {
  const reading = new Reading(given.methods);
  const parser = new ReplyParser({
    interim: (status) => reading.interim(status),
    head: (head, _framing, staysOpen) => reading.head(head, staysOpen),
    bytes: (bytes) => reading.bytes(bytes),
    replied: (trailers) => {
      reading.replied(trailers);
      if (!reading.isOver) parser.expect(reading.method === 'HEAD');
    },
  });
  parser.expect(reading.method === 'HEAD');
  try {
    for (const piece of pieces(given)) if (!reading.isOver) parser.feed(piece);
    if (given.ends && !reading.isOver) parser.eof();
  } catch (error) {
    reading.fail((error as Error).message);
  }
  return reading.told();
};
