// Whose call is this: head, then as much of the body as it takes.
import { decideOperation, doctypeRefused, operationsOf } from './operation.ts';
import { soapMessage } from './message.ts';
import { Sniff, thoroughly } from './sniff.ts';
import { versionOfMedia } from './action.ts';
import type { Body, Call, Deadline, Head, Identified, Message } from '../adapter.ts';
import type { HeadNames } from './action.ts';
import type { Names } from './names.ts';
import type { SoapVersion } from './namespaces.ts';
import type { DecisionRules } from './operation.ts';
import type { EnvelopeScan } from './scan.ts';
import type { Told } from './sniff.ts';

/** All that identification needs besides the call; one per route. */
export interface Reader extends DecisionRules {
  readonly names: Names;
  readonly readHead: (head: Head, header: Call['header']) => HeadNames;
  readonly scan: EnvelopeScan;
  /** Most bytes of a body that are looked at. */
  readonly prefix: number;
}

const other: Identified = { is: 'other' };
/** A body that ended before it told. */
const cut: Told = { is: 'undecided', reason: 'malformed' };

/**
 * Decides the operation of a call and sets `call.message`. Looks at the head first: what carries no SOAP is `other`
 * without a byte of its body being waited for. Rejects as `call.body.prefix` does.
 */
export const identify = async (call: Call, deadline: Deadline, reader: Reader): Promise<Identified> => {
  const head = soapHead(call, reader);
  if (head === null) return other;
  if (isOpaque(call, head)) {
    call.message = soapMessage(head.version, null);
    return { is: 'undecided', reason: 'opaque', names: operationsOf(head.actions, reader.names) };
  }
  const sniff = new Sniff({ head, scan: reader.scan, limit: reader.prefix });
  const { bytes } = call.body;
  const looked =
    bytes === null ? await look(call.body, deadline, sniff) : { told: sniff.take(bytes, true) ?? cut, bytes };
  call.message = messageOf(looked, { head, sniff, reader });
  return decide(looked.told, { head, sniff, reader });
};

/** Names from the head of a call that may carry SOAP; null: no call of an operation. */
export const soapHead = (call: Call, reader: Reader): HeadNames | null => {
  if (call.head.method !== 'POST') return null;
  const head = reader.readHead(call.head, (name) => call.header(name));
  return head.carries === 'other' && !head.soapAction ? null : head;
};

/** Can nobody look into the body of such a call? */
export const isOpaque = (call: Call, head: HeadNames): boolean => {
  if (head.carries === 'binary') return true;
  const coding = call.header('content-encoding');
  return coding !== null && coding.trim() !== '' && coding.trim().toLowerCase() !== 'identity';
};

interface Looked {
  readonly told: Told;
  /** The body's bytes as far as they were seen. */
  readonly bytes: Buffer;
}

/**
 * Asks for the bytes until they tell: all of a short body or the first of a long one, then twice as much each time.
 * Not less at first, so that what is decided does not depend on how the bytes happened to arrive.
 */
const look = async (body: Body, deadline: Deadline, sniff: Sniff): Promise<Looked> => {
  const length = lengthOf(body);
  let min = Math.min(length ?? thoroughly, thoroughly, sniff.limit);
  let seen = 0;
  for (;;) {
    const bytes = min === 0 ? Buffer.alloc(0) : await body.prefix(min, deadline);
    const last = bytes.length < min || bytes.length === length || bytes.length === body.bytes?.length;
    const told = sniff.take(bytes.subarray(seen), last);
    if (told !== null || last) return { told: told ?? cut, bytes };
    seen = bytes.length;
    min = Math.min(seen * 2, sniff.limit);
  }
};

/** Bytes of a body where its framing tells; null: nobody knows yet. */
export const lengthOf = ({ framing }: Body): number | null => {
  if (framing === 'none') return 0;
  return typeof framing === 'object' ? framing.bytes : null;
};

/** All that is known of a call when its body has told. */
interface Known {
  readonly head: HeadNames;
  readonly sniff: Sniff;
  readonly reader: Reader;
}

const messageOf = ({ told, bytes }: Looked, { head, sniff }: Known): Message => {
  const envelope = told.is === 'envelope' ? told.envelope : null;
  const isRoot = sniff.root !== null;
  return soapMessage(envelope?.version ?? head.version, {
    bytes: isRoot ? Buffer.concat(sniff.rootBytes) : bytes,
    charset: isRoot ? (sniff.root?.head?.charset ?? null) : head.charset,
    header: envelope?.header ?? told.is !== 'doctype',
  });
};

/** What the body told, and what the head says, by the table. */
export const decide = (told: Told, known: Known): Identified => {
  const { head, sniff, reader } = known;
  if (told.is === 'doctype') return doctypeRefused();
  const actions = allActions(head, sniff);
  if (told.is === 'envelope' && !head.odd) {
    return decideOperation({ version: versionIn(known), actions, envelope: told.envelope }, reader.names, reader);
  }
  // Not a SOAP media type and no envelope either: a form or a document that came by the same door.
  if (told.is === 'undecided' && head.carries === 'xml' && !head.soapAction) return other;
  const reason = told.is === 'envelope' ? 'malformed' : told.reason;
  return { is: 'undecided', reason, names: operationsOf(actions, reader.names) };
};

/** Version that the content types promise, of the call and of a multipart's root; null: none, or two. */
const versionIn = ({ head, sniff }: Known): SoapVersion | null => {
  const media = sniff.root?.head?.media ?? null;
  const inner = media === null ? null : versionOfMedia(media);
  if (head.version !== null && inner !== null && head.version !== inner) return null;
  return head.version ?? inner;
};

const allActions = (head: HeadNames, sniff: Sniff): readonly string[] => {
  const inner = sniff.root?.head?.actions ?? [];
  return inner.length === 0 ? head.actions : [...new Set([...head.actions, ...inner])];
};

/** Operation that the head alone names: every action in it leads to this one. May be wrong about the body. */
export const named = (head: Head, header: Call['header'], reader: Reader): string | null => {
  if (head.method !== 'POST') return null;
  const { actions, odd } = reader.readHead(head, header);
  const [first] = actions;
  if (odd || first === undefined) return null;
  const name = onlyOperation(first, reader.names);
  return actions.every((action) => onlyOperation(action, reader.names) === name) ? name : null;
};

const onlyOperation = (action: string, names: Names): string | null => {
  const operations = names.actions.get(action);
  return operations?.length === 1 ? (operations[0] ?? null) : null;
};
