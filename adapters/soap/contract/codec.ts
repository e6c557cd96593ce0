// Envelopes ⇄ JSON for the operations of a contract.
import { AdapterError, RequestError } from '../../errors.ts';
import { readEnvelope } from './envelope.ts';
import { escapeText } from './escape.ts';
import { addressingOf } from './header-blocks.ts';
import { below, Misfit } from './misfit.ts';
import { envelopeNs, wsaNs } from './namespaces.ts';
import { expanded, sameName } from './qname.ts';
import type { Json, TypedFault } from '../../adapter.ts';
import type { Messages, SoapOperation } from './contract.ts';
import type { Dialect } from './dialect.ts';
import type { Addressing, Understood } from './header-blocks.ts';
import type { MessageCodec } from './message.ts';
import type { SoapVersion } from './namespaces.ts';
import type { XmlElement } from './xml.ts';

export interface DecodedRequest {
  readonly version: SoapVersion;
  /** What the operation is asked, by its schema. */
  readonly input: Json;
  /** Header blocks, as they are. */
  readonly headers: readonly XmlElement[];
  /** null: not addressed, and then the reply must not be. */
  readonly wsa: Addressing | null;
}

export interface ReplyForm {
  readonly version: SoapVersion;
  readonly dialect: Dialect;
  /** Of the request that is answered. */
  readonly wsa?: Addressing | null;
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
  const { request } = messagesOf(operation);
  try {
    const envelope = readEnvelope(bytes, contentType);
    const wsa = addressingOf(envelope, understood);
    return { version: envelope.version, input: payload(request, envelope.payload), headers: envelope.headers, wsa };
  } catch (error) {
    if (error instanceof Misfit) throw new RequestError(error.pointer, error.message, { cause: error });
    if (error instanceof AdapterError && !(error instanceof RequestError) && error.code !== 'ERR_REFUSED') {
      throw new RequestError('', error.message, { cause: error });
    }
    throw error;
  }
};

/** A reply with this answer. Throws AdapterError ERR_CONTRACT, with a JSON pointer into the answer. */
export const encodeReply = (operation: SoapOperation, json: Json, form: ReplyForm): Buffer => {
  const { reply } = messagesOf(operation);
  if (reply === null) throw new AdapterError('ERR_CONTRACT', `${operation.name} is one-way: it has no reply`);
  return fitting(() => envelope(reply.write(json), form, operation.replyAction));
};

/** A reply that is a fault the contract declares for the operation. Throws AdapterError ERR_CONTRACT. */
export const encodeFault = (operation: SoapOperation, fault: TypedFault, form: ReplyForm): Buffer => {
  const { faults } = messagesOf(operation);
  const message = faults.get(fault.name);
  if (message === undefined) {
    const known = operation.faults.length === 0 ? 'none' : operation.faults.join(', ');
    throw new AdapterError(
      'ERR_CONTRACT',
      `/name: "${fault.name.slice(0, 60)}" is no fault of ${operation.name}; expected ${known}`,
    );
  }
  return fitting(() => {
    const detail = at('detail', () => message.write(fault.detail));
    const text = at('message', () => escapeText(fault.message));
    return envelope(faultLayouts[form.version](form.dialect, text, detail), form, message.action);
  });
};

/** A request. Throws AdapterError ERR_CONTRACT, with a JSON pointer into the input. */
export const encodeRequest = (operation: SoapOperation, json: Json, form: Omit<ReplyForm, 'wsa'>): Buffer => {
  const { request } = messagesOf(operation);
  return fitting(() => envelope(request.write(json), form, ''));
};

/** What a service answered; `undeclared` is a fault that the contract does not have. */
export type DecodedReply =
  | { readonly kind: 'value'; readonly json: Json }
  | { readonly kind: 'fault'; readonly fault: TypedFault }
  | { readonly kind: 'undeclared'; readonly code: string; readonly message: string };

/** Reads a reply of `operation`. Throws AdapterError: ERR_CONTRACT, ERR_MALFORMED, ERR_REFUSED, ERR_TOO_LARGE. */
export const decodeReply = (operation: SoapOperation, bytes: Buffer, contentType: string): DecodedReply => {
  const { reply, faults } = messagesOf(operation);
  const { version, payload: element } = readEnvelope(bytes, contentType);
  return fitting(() => {
    if (element !== null && element.local === 'Fault' && element.ns === envelopeNs[version]) {
      return decodedFault(element, faults);
    }
    if (reply === null) throw new Misfit(`an answer to ${operation.name}, which is one-way`);
    return { kind: 'value', json: payload(reply, element) };
  });
};

const decodedFault = (element: XmlElement, faults: Messages['faults']): DecodedReply => {
  const part = (...path: string[]): XmlElement | undefined => {
    let at: XmlElement | undefined = element;
    for (const local of path) at = at?.children.find((child) => child.local === local);
    return at;
  };
  const message = (part('faultstring') ?? part('Reason', 'Text'))?.text ?? '';
  const detail = (part('detail') ?? part('Detail'))?.children[0];
  for (const [name, fault] of detail === undefined ? [] : faults) {
    if (detail !== undefined && fault.element !== null && sameName(fault.element, detail)) {
      return { kind: 'fault', fault: { name, detail: at('detail', () => fault.read(detail)), message } };
    }
  }
  return { kind: 'undeclared', code: (part('faultcode') ?? part('Code', 'Value'))?.text.trim() ?? '', message };
};

const messagesOf = (operation: SoapOperation): Messages => {
  if (operation.messages !== null) return operation.messages;
  throw new AdapterError('ERR_CONTRACT', `${operation.name} can only be passed through: ${operation.passThroughOnly}`);
};

const payload = (message: MessageCodec, element: XmlElement | null): Json => {
  if (message.element === null || element === null) {
    if (message.element === null && element === null) return {};
    const found = element === null ? 'an empty Body' : `the element ${expanded(element)}`;
    throw new Misfit(`${found}; expected ${message.element === null ? 'an empty Body' : expanded(message.element)}`);
  }
  if (!sameName(message.element, element)) {
    throw new Misfit(`the element ${expanded(element)}; expected ${expanded(message.element)}`);
  }
  return message.read(element);
};

const fitting = <T>(act: () => T): T => {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const { pointer, message } = error;
    throw new AdapterError('ERR_CONTRACT', pointer === '' ? message : `${pointer}: ${message}`, { cause: error });
  }
};

const at = <T>(step: string, act: () => T): T => {
  try {
    return act();
  } catch (error) {
    throw below(error, step);
  }
};

const envelope = (body: string, { version, dialect, wsa }: ReplyForm, action: string): Buffer => {
  const prefix = dialect.envelopePrefix;
  const addressed = wsa === undefined || wsa === null ? null : addressing(prefix, wsa, action);
  const open = `${dialect.declaration ? '<?xml version="1.0" encoding="utf-8"?>' : ''}<${prefix}:Envelope xmlns:${prefix}="${envelopeNs[version]}"`;
  const header = addressed === null ? '>' : ` xmlns:a="${wsaNs}">${addressed}`;
  const content = body === '' ? `<${prefix}:Body/>` : `<${prefix}:Body>${body}</${prefix}:Body>`;
  return Buffer.from(`${open}${header}${content}</${prefix}:Envelope>`);
};

// WS-Addressing 1.0 SOAP binding §3. Without mustUnderstand: clients that did not ask for it refuse such a reply.
const addressing = (prefix: string, { messageId }: Addressing, action: string): string => {
  const relates = messageId === null ? '' : `<a:RelatesTo>${escapeText(messageId)}</a:RelatesTo>`;
  const to = `<a:To>${wsaNs}/anonymous</a:To>`;
  return `<${prefix}:Header><a:Action>${escapeText(action)}</a:Action>${relates}${to}</${prefix}:Header>`;
};

// SOAP 1.1 §4.4: children without a namespace, in this order; 1.2 part 1 §5.4.
const faultLayouts: Readonly<Record<SoapVersion, (dialect: Dialect, text: string, detail: string) => string>> = {
  '1.1': ({ envelopePrefix: p, lang, faultCodes }, text, detail) =>
    `<${p}:Fault><faultcode>${faultCodes['1.1'].declared}</faultcode>` +
    `<faultstring xml:lang="${lang}">${text}</faultstring><detail>${detail}</detail></${p}:Fault>`,
  '1.2': ({ envelopePrefix: p, lang, faultCodes }, text, detail) =>
    `<${p}:Fault><${p}:Code><${p}:Value>${faultCodes['1.2'].declared}</${p}:Value></${p}:Code>` +
    `<${p}:Reason><${p}:Text xml:lang="${lang}">${text}</${p}:Text></${p}:Reason>` +
    `<${p}:Detail>${detail}</${p}:Detail></${p}:Fault>`,
};
