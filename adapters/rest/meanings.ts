// A REST face's operations as caches compare them: the input is read by then, and its replies are of our own making.
import type { Keepable, Meanings, ReplyHead } from '../adapter.ts';
import { canonicalJson } from '../canonical-json.ts';
import { RestMessage } from './message.ts';
import { faultStatus } from './problem.ts';

export const restMeanings: Meanings = {
  byBody: false, // members may stand in headers, and all is read by now
  ofCall: ({ head, message }) =>
    message instanceof RestMessage && head.method !== 'HEAD'
      ? { text: textOf(message), form: 'json', input: message.input, messageId: null, credentials: [] }
      : null,
  ofReply: keepable,
  again: (body) => body,
};

const textOf = ({ input, headers }: RestMessage): string =>
  Object.keys(headers).length === 0 ? canonicalJson(input) : canonicalJson({ $headers: headers, $body: input });

function keepable({ status }: ReplyHead, body: Buffer): Keepable | null {
  if (status === 200 || status === 204) return { fault: null, relatesTo: null };
  if (status !== faultStatus) return null;
  // Its own making: a problem's title is the declared fault's name.
  const { title } = JSON.parse(body.toString()) as { readonly title: string };
  return { fault: title, relatesTo: null };
}
