// A SOAP service asked from JSON: input → envelope → the relay beneath → envelope → answer, all by the contract.
import { randomUUID } from 'node:crypto';
import type { Answer, Asked, Call, Invoke, Raw, Reply, Send } from '../adapter.ts';
import { AdapterError, SendError } from '../errors.ts';
import { bytesBody } from '../wire/bytes.ts';
import { headerOf } from '../wire/headers.ts';
import { decodeReplyInSlices, encodeRequestInSlices } from './contract/codec.ts';
import type { SoapContract, SoapOperation } from './contract/contract.ts';
import { wcf } from './contract/dialect.ts';
import { escapeText } from './contract/xml/escape.ts';
import { wsaNs } from './contract/xml/namespaces.ts';
import type { SoapVersion } from './contract/xml/namespaces.ts';
import { plainFault } from './plain-fault.ts';
import type { Secure } from './security.ts';

/** Bytes of a reply that is translated. */
const maxReply = 16 * 1024 * 1024;

export interface SoapAsking {
  readonly contract: SoapContract;
  /** Carries the envelope; its request target is the service's own path. */
  readonly send: Send;
  readonly url: string;
  readonly version: SoapVersion;
  /** Do its requests carry WS-Addressing 1.0 headers? */
  readonly addressing: boolean;
  /** Who the gateway is to the service; `hasAuth`: anybody at all. */
  readonly secure: Secure;
  readonly hasAuth: boolean;
  /** Lines that tell the service where a call comes from. */
  readonly origin: (call: Call) => Raw;
}

/** Throws a plain Error for an operation that can only be passed through. */
export const soapInvoke = (
  { operation, face }: Asked,
  { contract, send, url, secure, hasAuth, version, addressing, origin }: SoapAsking,
): Invoke => {
  const own = contract.operations.get(operation.name);
  if (own === undefined) throw new Error(`its WSDL has no operation ${operation.name}`);
  if (own.passThroughOnly !== null)
    throw new Error(`${own.name} can only be passed through, not asked from JSON: ${own.passThroughOnly}`);
  const { host, pathname } = new URL(url);
  return async (ask, deadline) => {
    const blocks = addressing ? addressed(own.action, url) : '';
    const bare = await encodeRequestInSlices(own, ask.input, {
      version,
      dialect: wcf,
      ...(face === 'rest' ? { blocks: ask.soapHeaders } : {}),
    });
    const bytes = secure.envelope(bare, blocks);
    const raw = ['Host', host, ...headLines(own, version), ...secure.lines, 'Content-Length', String(bytes.length)];
    for (const [name, value] of Object.entries(ask.headers)) raw.push(name, value);
    if (ask.call !== undefined) raw.push(...origin(ask.call));
    // Who the gateway is to the service comes before who calls the gateway.
    const credentials = hasAuth ? null : ask.caller.credentials;
    if (credentials !== null) raw.push('Authorization', credentials.authorization);
    const reply = await send(callOf(pathname, raw, bytes), deadline);
    if (credentials === null || reply.head.status !== 401)
      return { ...(await answerOf(reply, own, deadline)), said: reply.head };
    reply.discard?.();
    return refused;
  };
};

const refused: Answer = {
  kind: 'plain-fault',
  fault: { blame: 'client', codes: [], message: 'The service did not accept the credentials.', status: 401 },
};

/** SOAP 1.1 §6.1.1 wants the action quoted; 1.2 has it in the content type (SOAP 1.2 part 2 §6.5.3). */
const headLines = ({ action }: SoapOperation, version: SoapVersion): Raw =>
  version === '1.1'
    ? ['Accept', 'text/xml', 'Content-Type', wcf.contentType['1.1'], 'SOAPAction', `"${action}"`]
    : ['Accept', 'application/soap+xml', 'Content-Type', `${wcf.contentType['1.2']}; action="${action}"`];

// WS-Addressing 1.0 SOAP binding §3; WCF wants each of these.
const addressed = (action: string, url: string): string => {
  const block = (name: string, content: string, isMust: boolean): string =>
    `<a:${name} xmlns:a="${wsaNs}"${isMust ? ' s:mustUnderstand="1"' : ''}>${content}</a:${name}>`;
  return (
    block('Action', escapeText(action), true) +
    block('MessageID', `urn:uuid:${randomUUID()}`, false) +
    block('ReplyTo', `<a:Address>${wsaNs}/anonymous</a:Address>`, false) +
    block('To', escapeText(url), true)
  );
};

const nobody = { address: '', secure: false, certificate: () => null };

const callOf = (target: string, raw: Raw, bytes: Buffer): Call => ({
  head: { method: 'POST', target, http: '1.1', raw },
  body: bytesBody(bytes),
  client: nobody,
  expects: null,
  message: null,
  header: (name) => headerOf(raw, name),
});

const answerOf = async (reply: Reply, own: SoapOperation, deadline: Parameters<Invoke>[1]): Promise<Answer> => {
  const { status, raw } = reply.head;
  if (own.oneWay && status >= 200 && status < 300) {
    reply.discard?.();
    return { kind: 'accepted' };
  }
  const type = headerOf(raw, 'content-type') ?? '';
  if (!/^\s*(?:text\/xml|application\/soap\+xml)\b/i.test(type)) {
    reply.discard?.();
    throw unspoken(status);
  }
  const bytes = await reply.body.whole(maxReply, deadline).catch(unread);
  return decoded(own, { bytes, type, status });
};

/** An answer that is no SOAP at all: an error page, a login. */
const unspoken = (status: number): SendError =>
  status >= 500
    ? new SendError('ERR_STATUS', '5xx', 'all', `the service answered ${status}`)
    : new SendError('ERR_CONTRACT', 'contract', 'all', `the service answered ${status} with what is no SOAP`);

interface Message {
  readonly bytes: Buffer;
  readonly type: string;
  readonly status: number;
}

const decoded = async (own: SoapOperation, { bytes, type, status }: Message): Promise<Answer> => {
  try {
    const read = await decodeReplyInSlices(own, bytes, type);
    if (read.kind === 'value') return { ...read, checked: true };
    return read.kind === 'fault' ? read : { kind: 'plain-fault', fault: await plainFault(bytes, type, read.message) };
  } catch (cause) {
    if (!(cause instanceof AdapterError)) throw cause;
    if (status >= 500) throw unspoken(status);
    const message = `the answer to ${own.name} does not fit the contract: ${cause.message}`;
    throw new SendError('ERR_CONTRACT', 'contract', 'all', message, { cause });
  }
};

const unread = (error: unknown): never => {
  if (!(error instanceof AdapterError)) throw error;
  const isLate = error.code === 'ERR_TIMEOUT' || error.code === 'ERR_DEADLINE';
  const reason = isLate ? 'timeout' : error.code === 'ERR_TOO_LARGE' ? 'contract' : 'truncated';
  throw new SendError(error.code, reason, 'all', error.message, { cause: error });
};
