// Fields behind a body, which the middleware leaves behind.
import type { IncomingMessage, OutgoingMessage } from 'node:http';
import { passedTrailers } from '../wire/trailers.ts';

/** To be called before `from` is piped into `to`: the pipe writes the end. Where `to` is not chunked, Node drops them. */
export const trailing = (from: IncomingMessage, to: OutgoingMessage): void => {
  from.once('end', () => {
    if (from.rawTrailers.length === 0) return;
    const raw = passedTrailers(from.rawTrailers);
    const fields: [string, string][] = [];
    for (let i = 0; i < raw.length; i += 2) fields.push([raw[i]!, raw[i + 1]!]);
    to.addTrailers(fields);
  });
};
