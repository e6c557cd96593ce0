// Envelopes ⇄ JSON for the operations of a contract.
import { AdapterError, RequestError } from '../../errors.ts';
import { readEnvelope, readEnvelopeInSlices } from './envelope.ts';
import { FaultReader } from './reading/fault-reader.ts';
import { blocksText } from './headed-message.ts';
import { HeaderReader } from './reading/header-reader.ts';
import { XmlTree } from './xml/xml.ts';
import { escapeAttribute, escapeText } from './xml/escape.ts';
import { addressingOf, isTimestamped } from './writing/header-blocks.ts';
import { below, Misfit } from './values/misfit.ts';
import { envelopeNs, wsaNs } from './xml/namespaces.ts';
import { expanded, sameName } from './xml/qname.ts';
import { timestampBlock } from './writing/timestamp.ts';
import { writtenInTurns } from './writing/write-turn.ts';
import type { Json, TypedFault } from '../../adapter.ts';
import type { Messages, SoapOperation } from './contract.ts';
import type { Dialect } from './dialect.ts';
import type { Addressing, Understood } from './writing/header-blocks.ts';
import type { Blocks, MessageCodec } from './message.ts';
import type { SoapVersion } from './xml/namespaces.ts';
import type { Decoder } from './reading/decoder.ts';
import type { Envelope, Header, Payload, Readers } from './envelope.ts';
import type { DecodedReply } from './reading/fault-reader.ts';
import type { Tag, XmlElement } from './xml/xml.ts';

export interface DecodedRequest {
  readonly version: SoapVersion;
  /** What the operation is asked, by its schema. */
  readonly input: Json;
  /** Header blocks, as they are. */
  readonly headers: readonly XmlElement[];
  /** Those that the contract declares and that are there, by their types. */
  readonly blocks: Blocks;
  /** null: not addressed, and then the reply must not be. */
  readonly wsa: Addressing | null;
  /** It had a Timestamp, and then the reply has to have one. */
  readonly timestamped: boolean;
}

export interface ReplyForm {
  readonly version: SoapVersion;
  readonly dialect: Dialect;
  /** Of the request that is answered. */
  readonly wsa?: Addressing | null;
  /** Milliseconds since 1970 for a Timestamp of WS-Security; null or absent: none. */
  readonly timestamp?: number | null;
  /** Characters after which writing in slices gives up. No bound where nothing is said. */
  readonly most?: number;
}

/**
 * Reads a request for `operation`. `bytes` is the whole envelope. Throws RequestError for what does not fit the
 * contract (`path`: a JSON pointer into the input), AdapterError ERR_REFUSED for a DOCTYPE.
 */
export const decodeRequest = (
  operation: SoapOperation,
  bytes: Buffer,
  contentType: string,
  understood: Understood = {},
): DecodedRequest => {
  const asked = new Asked(messagesOf(operation));
  try {
    return asked.request(readEnvelope(bytes, contentType, asked), understood);
  } catch (error) {
    throw requestError(error);
  }
};

/** The same for requests of any size: a large one is read in slices, so that it holds nobody up. */
export const decodeRequestInSlices = async (
  operation: SoapOperation,
  bytes: Buffer,
  contentType: string,
  understood: Understood = {},
): Promise<DecodedRequest> => {
  if (bytes.length <= atOnce) return decodeRequest(operation, bytes, contentType, understood);
  const asked = new Asked(messagesOf(operation));
  try {
    return asked.request(await readEnvelopeInSlices(bytes, contentType, asked), understood);
  } catch (error) {
    throw requestError(error);
  }
};

/** Messages up to this size, in bytes, are read in one go. */
const atOnce = 64 * 1024;

class Asked implements Readers {
  readonly #message: MessageCodec;
  readonly #blocks: HeaderReader | null;
  #decoder: Decoder | null = null;

  constructor({ request, requestHeaders }: Messages) {
    this.#message = request;
    this.#blocks = requestHeaders.length === 0 ? null : new HeaderReader(requestHeaders);
  }

  readonly header: Header = (tag, version) => this.#blocks?.tree(tag, version) ?? new XmlTree();

  readonly payload: Payload = (tag) => (this.#decoder = decoderOf(this.#message, tag));

  request(envelope: Envelope, understood: Understood): DecodedRequest {
    const wsa = addressingOf(envelope, understood);
    const { version, headers } = envelope;
    const input = valueOf(this.#message, this.#decoder);
    const timestamped = isTimestamped(envelope);
    return { version, input, headers, blocks: this.#blocks?.blocks() ?? noBlocks, wsa, timestamped };
  }
}

const noBlocks: Blocks = Object.freeze({});

const requestError = (error: unknown): unknown => {
  if (error instanceof Misfit) return new RequestError(error.pointer, error.message, { cause: error });
  if (error instanceof AdapterError && !(error instanceof RequestError) && error.code !== 'ERR_REFUSED') {
    return new RequestError('', error.message, { cause: error });
  }
  return error;
};

/** A reply with this answer. Throws AdapterError ERR_CONTRACT, with a JSON pointer into the answer. */
export const encodeReply = (operation: SoapOperation, json: Json, form: ReplyForm): Buffer =>
  fitting(() => replyOf(operation, json, form));

/** The same for answers of any size: a large one is written in slices, so that it holds nobody up. */
export const encodeReplyInSlices = (operation: SoapOperation, json: Json, form: ReplyForm): Promise<Buffer> =>
  fittingInSlices(() => replyOf(operation, json, form), form.most);

const replyOf = (operation: SoapOperation, json: Json, form: ReplyForm): Buffer => {
  const { reply } = messagesOf(operation);
  if (reply === null) throw new AdapterError('ERR_CONTRACT', `${operation.name} is one-way: it has no reply`);
  const value = said(operation, json);
  return envelope(reply.write(value), form, {
    action: operation.replyAction,
    blocks: reply.headers?.write(value) ?? '',
  });
};

/** Handlers may return nothing where there is nothing to say; elsewhere it is an answer that was forgotten. */
const said = ({ isVoid }: SoapOperation, json: Json | undefined): Json => {
  if (isVoid) return json ?? {};
  if (json === undefined) throw new Misfit('no answer at all; expected a value');
  return json;
};

/** A reply that is a fault the contract declares for the operation. Throws AdapterError ERR_CONTRACT. */
export const encodeFault = (operation: SoapOperation, fault: TypedFault, form: ReplyForm): Buffer =>
  fitting(() => faultOf(operation, fault, form));

/** The same for details of any size. */
export const encodeFaultInSlices = (operation: SoapOperation, fault: TypedFault, form: ReplyForm): Promise<Buffer> =>
  fittingInSlices(() => faultOf(operation, fault, form), form.most);

const faultOf = (operation: SoapOperation, fault: TypedFault, form: ReplyForm): Buffer => {
  const { faults } = messagesOf(operation);
  const message = faults.get(fault.name);
  if (message === undefined) {
    const known = operation.faults.length === 0 ? 'none' : operation.faults.join(', ');
    throw new AdapterError(
      'ERR_CONTRACT',
      `/name: "${fault.name.slice(0, 60)}" is no fault of ${operation.name}; expected ${known}`,
    );
  }
  const detail = at('detail', () => message.write(fault.detail));
  const text = at('message', () => escapeText(fault.message));
  const body = faultLayouts[form.version](form.dialect, text, detail);
  return envelope(body, form, { action: message.action, blocks: '' });
};

export interface RequestForm extends Omit<ReplyForm, 'wsa'> {
  /** Header blocks that the contract declares; none of them where nothing is said. */
  readonly blocks?: Blocks;
}

/** A request. Throws AdapterError ERR_CONTRACT, with a JSON pointer into the input. */
export const encodeRequest = (operation: SoapOperation, json: Json, form: RequestForm): Buffer =>
  fitting(() => requestOf(operation, json, form));

/** The same for inputs of any size. */
export const encodeRequestInSlices = (operation: SoapOperation, json: Json, form: RequestForm): Promise<Buffer> =>
  fittingInSlices(() => requestOf(operation, json, form));

const requestOf = (operation: SoapOperation, json: Json, form: RequestForm): Buffer => {
  const { request, requestHeaders } = messagesOf(operation);
  const { blocks: given = noBlocks } = form;
  const blocks = blocksText(given, requestHeaders, { all: false });
  return envelope(request.write(json), form, { action: '', blocks });
};

/** Reads a reply of `operation`. Throws AdapterError: ERR_CONTRACT, ERR_MALFORMED, ERR_REFUSED, ERR_TOO_LARGE. */
export const decodeReply = (operation: SoapOperation, bytes: Buffer, contentType: string): DecodedReply =>
  readReply(operation, bytes, contentType).reply;

/** The same, with the envelope's header blocks as they are. */
export const readReply = (
  operation: SoapOperation,
  bytes: Buffer,
  contentType: string,
): { readonly reply: DecodedReply; readonly envelope: Envelope } =>
  fitting(() => {
    const answered = new Answered(operation);
    const envelope = readEnvelope(bytes, contentType, answered);
    return { reply: answered.reply(), envelope };
  });

/** The same for replies of any size: a large one is read in slices, so that it holds nobody up. */
export const decodeReplyInSlices = async (
  operation: SoapOperation,
  bytes: Buffer,
  contentType: string,
): Promise<DecodedReply> => {
  if (bytes.length <= atOnce) return decodeReply(operation, bytes, contentType);
  try {
    const answered = new Answered(operation);
    await readEnvelopeInSlices(bytes, contentType, answered);
    return answered.reply();
  } catch (error) {
    throw contractError(error);
  }
};

class Answered implements Readers {
  readonly #operation: SoapOperation;
  readonly #messages: Messages;
  readonly #blocks: HeaderReader | null;
  #decoder: Decoder | null = null;
  #fault: FaultReader | null = null;

  constructor(operation: SoapOperation) {
    this.#operation = operation;
    this.#messages = messagesOf(operation);
    const { headers } = this.#messages.reply ?? {};
    this.#blocks = headers === undefined ? null : new HeaderReader(headers.blocks);
  }

  readonly header: Header = (tag, version) => this.#blocks?.tree(tag, version) ?? new XmlTree();

  readonly payload: Payload = (tag, version) => {
    const { reply, faults } = this.#messages;
    if (tag.local === 'Fault' && tag.ns === envelopeNs[version]) return (this.#fault = new FaultReader(faults));
    if (reply === null) throw new Misfit(`an answer to ${this.#operation.name}, which is one-way`);
    return (this.#decoder = decoderOf(reply, tag));
  };

  reply(): DecodedReply {
    if (this.#fault !== null) return this.#fault.reply();
    const { reply } = this.#messages;
    if (reply === null) throw new Misfit(`an answer to ${this.#operation.name}, which is one-way`);
    const json = valueOf(reply, this.#decoder);
    return { kind: 'value', json: reply.headers?.join(json, this.#blocks?.blocks() ?? noBlocks) ?? json };
  }
}

const decoderOf = (message: MessageCodec, tag: Tag): Decoder => {
  if (message.element === null) throw new Misfit(`the element ${expanded(tag)}; expected an empty Body`);
  if (!sameName(message.element, tag)) {
    throw new Misfit(`the element ${expanded(tag)}; expected ${expanded(message.element)}`);
  }
  return message.decoder();
};

const valueOf = (message: MessageCodec, decoder: Decoder | null): Json => {
  if (decoder !== null) return message.value(decoder.value);
  if (message.element !== null) throw new Misfit(`an empty Body; expected ${expanded(message.element)}`);
  return {};
};

const messagesOf = (operation: SoapOperation): Messages => {
  if (operation.messages !== null) return operation.messages;
  throw new AdapterError('ERR_CONTRACT', `${operation.name} can only be passed through: ${operation.passThroughOnly}`);
};

const fitting = <T>(act: () => T): T => {
  try {
    return act();
  } catch (error) {
    throw contractError(error);
  }
};

const fittingInSlices = async <T>(act: () => T, most: number = Infinity): Promise<T> => {
  try {
    return await writtenInTurns(act, most);
  } catch (error) {
    throw contractError(error);
  }
};

const contractError = (error: unknown): unknown => {
  if (!(error instanceof Misfit)) return error;
  const { pointer, message } = error;
  return new AdapterError('ERR_CONTRACT', pointer === '' ? message : `${pointer}: ${message}`, { cause: error });
};

const at = <T>(step: string, act: () => T): T => {
  try {
    return act();
  } catch (error) {
    throw below(error, step);
  }
};

interface Headed {
  /** wsa:Action of an addressed reply. */
  readonly action: string;
  /** Header blocks as text. */
  readonly blocks: string;
}

const envelope = (body: string, form: ReplyForm, { action, blocks }: Headed): Buffer => {
  const { version, dialect, wsa, timestamp = null } = form;
  const prefix = dialect.envelopePrefix;
  const isAddressed = wsa !== undefined && wsa !== null;
  const stamp = timestamp === null ? '' : timestampBlock(timestamp, prefix);
  const headers = (isAddressed ? addressing(wsa, action) : '') + stamp + blocks;
  const open = `${dialect.declaration ? '<?xml version="1.0" encoding="utf-8"?>' : ''}<${prefix}:Envelope xmlns:${prefix}="${envelopeNs[version]}"`;
  const header =
    (isAddressed ? ` xmlns:a="${wsaNs}">` : '>') +
    (headers === '' ? '' : `<${prefix}:Header>${headers}</${prefix}:Header>`);
  const content = body === '' ? `<${prefix}:Body/>` : `<${prefix}:Body>${body}</${prefix}:Body>`;
  return Buffer.from(`${open}${header}${content}</${prefix}:Envelope>`);
};

// WS-Addressing 1.0 SOAP binding §3. Without mustUnderstand: clients that did not ask for it refuse such a reply.
const addressing = ({ messageId }: Addressing, action: string): string => {
  const relates = messageId === null ? '' : `<a:RelatesTo>${escapeText(messageId)}</a:RelatesTo>`;
  const to = `<a:To>${wsaNs}/anonymous</a:To>`;
  return `<a:Action>${escapeText(action)}</a:Action>${relates}${to}`;
};

// SOAP 1.1 §4.4: children without a namespace, in this order; 1.2 part 1 §5.4.
const faultLayouts: Readonly<Record<SoapVersion, (dialect: Dialect, text: string, detail: string) => string>> = {
  '1.1': ({ envelopePrefix: p, lang, faultCodes }, text, detail) =>
    `<${p}:Fault><faultcode>${faultCodes['1.1'].declared}</faultcode>` +
    `<faultstring${lang === null ? '' : ` xml:lang="${escapeAttribute(lang)}"`}>${text}</faultstring>` +
    `<detail>${detail}</detail></${p}:Fault>`,
  '1.2': ({ envelopePrefix: p, lang, faultCodes }, text, detail) =>
    `<${p}:Fault><${p}:Code><${p}:Value>${faultCodes['1.2'].declared}</${p}:Value></${p}:Code>` +
    `<${p}:Reason><${p}:Text xml:lang="${escapeAttribute(lang ?? 'en')}">${text}</${p}:Text></${p}:Reason>` +
    `<${p}:Detail>${detail}</${p}:Detail></${p}:Fault>`,
};
