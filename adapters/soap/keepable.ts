// May a SOAP reply be given again, to another call that asks the same? Only whole answers by the contract, made for nobody alone.
import { AdapterError } from '../errors.ts';
import type { Keepable, Meaning, ReplyHead } from '../adapter.ts';
import { readReply } from './contract/codec.ts';
import { envelopeNs, wsaNs, wsaSubmissionNs, wsseNs } from './contract/xml/namespaces.ts';
import { escapeText } from './contract/xml/escape.ts';
import { attribute } from './contract/xml/xml.ts';
import type { SoapOperation } from './contract/contract.ts';
import type { XmlElement } from './contract/xml/xml.ts';

/** Null: it is no value and no fault that the contract declares, or has to do with the very call that it answered. */
export const keepableReply = (
  operation: SoapOperation,
  head: ReplyHead,
  body: Buffer,
  asked: Meaning,
): Keepable | null => {
  const read = replyIn(operation, head, body);
  if (read === null) return null;
  const { reply, envelope } = read;
  const form = envelope.version === '1.1' ? 'soap11' : 'soap12';
  if (form !== asked.form || reply.kind === 'undeclared') return null;
  const isFault = reply.kind === 'fault';
  if (isFault ? head.status !== 500 && head.status !== 400 : head.status !== 200) return null;
  // What is signed or stamped is good for one call, and what must be understood is meant for its caller; but for addressing, where WCF says
  // so of all, and which is the same for equal calls or written anew.
  const isOwn = (block: XmlElement) => block.ns === wsseNs || (mustUnderstand(block) && !isAddressing(block.ns));
  if (envelope.headers.some(isOwn)) return null;
  const relating = envelope.headers.filter(({ ns, local }) => isAddressing(ns) && local === 'RelatesTo');
  const relatesTo = relating.length === 0 ? null : placeOf(body, relating, asked);
  return relatesTo === undefined ? null : { fault: isFault ? reply.fault.name : null, relatesTo };
};

const isAddressing = (ns: string): boolean => ns === wsaNs || ns === wsaSubmissionNs;

/** The same answer for a call with an id of its own. */
export const relatedTo = (body: Buffer, { relatesTo }: Keepable, { messageId }: Meaning): Buffer => {
  if (relatesTo === null) return body;
  const [from, to] = relatesTo;
  return Buffer.concat([body.subarray(0, from), Buffer.from(inAscii(escapeText(messageId ?? ''))), body.subarray(to)]);
};

/** The same in every encoding that writes ASCII as such; answers in others have no place for it, see `placeOf`. */
const inAscii = (text: string): string => text.replace(/[^\x20-\x7e]/gu, (char) => `&#${char.codePointAt(0)};`);

const replyIn = (operation: SoapOperation, { raw }: ReplyHead, body: Buffer) => {
  const type = raw.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === 'content-type');
  try {
    return readReply(operation, body, raw[type + 1] ?? '');
  } catch (error) {
    if (error instanceof AdapterError) return null;
    throw error;
  }
};

const mustUnderstand = (block: XmlElement): boolean =>
  Object.values(envelopeNs).some((ns) => /^\s*(?:1|true)\s*$/.test(attribute(block, 'mustUnderstand', ns) ?? ''));

/** Undefined: it names another call, or stands nowhere that can be written to. */
const placeOf = (
  body: Buffer,
  relating: readonly XmlElement[],
  { messageId }: Meaning,
): readonly [number, number] | undefined => {
  if (relating.length > 1 || messageId === null || relating[0]?.text.trim() !== messageId) return undefined;
  const found = [...body.toString('latin1').matchAll(/<(?:[\w.-]+:)?RelatesTo(?:\s[^<>]*)?>([^<]*)<\//g)];
  const [only] = found;
  if (found.length !== 1 || only === undefined) return undefined;
  const text = only[1] ?? '';
  const from = only.index + only[0].length - '</'.length - text.length;
  return Buffer.from(text, 'latin1').toString('utf8').trim() === escapeText(messageId)
    ? [from, from + text.length]
    : undefined;
};
