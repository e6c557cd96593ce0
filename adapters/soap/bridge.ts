// A JSON handler or service answers a SOAP client: envelope → JSON → invoke → JSON → envelope, all by the contract.
import { AdapterError, RequestError, SendError } from '../errors.ts';
import { callerOf } from '../caller.ts';
import { passedOn } from '../passed-on.ts';
import { bytesBody } from '../wire/bytes.ts';
import { soapCaller } from './soap-caller.ts';
import { timestampBlock } from './contract/writing/timestamp.ts';
import { decodeRequestInSlices, encodeFaultInSlices, encodeReplyInSlices } from './contract/codec.ts';
import { localCode } from './names.ts';
import { soapFault } from './protocol-fault.ts';
import type { Answer, Ask, Call, Deadline, Invoke, PlainFault, Reply, Send, Translation, Verdict } from '../adapter.ts';
import type { ReplyForm } from './contract/codec.ts';
import type { SoapContract, SoapOperation } from './contract/contract.ts';
import type { Dialect } from './contract/dialect.ts';

export interface BridgeOptions {
  /** What becomes of the caller's credentials; null where nothing is said: calls with WS-Security or NTLM are for legacy. */
  readonly identity?: Translation['identity'];
  /** Longest request that is translated, in bytes. 1 MiB where nothing is said. */
  readonly request?: number;
  /** Longest reply that is made, in bytes. 16 MiB where nothing is said. */
  readonly reply?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const defaults = { now: () => Date.now(), identity: null, request: 1024 * 1024, reply: 16 * 1024 * 1024 };
const reasonPhrases: Readonly<Record<number, string>> = { 200: 'OK', 202: 'Accepted', 500: 'Internal Server Error' };

/**
 * Makes a `Send` of an `Invoke`. Rejects with RequestError when the client's message does not fit the contract or is too
 * long to translate (nothing was invoked); with SendError `contract` when the answer does not fit, and whatever the
 * invoke itself rejects with. Throws AdapterError ERR_CONTRACT at once for an operation that is not there or can only be
 * passed through.
 */
export const translated = (
  contract: SoapContract,
  operationName: string,
  dialect: Dialect,
  invoke: Invoke,
  options: BridgeOptions = {},
): Send => {
  const operation = operationOf(contract, operationName);
  const { request: mostIn, reply: mostOut, identity, now } = { ...defaults, ...options };
  return async (call, deadline) => {
    const bytes = await wholeRequest(call, deadline, mostIn);
    const understood = { security: identity !== null };
    const request = await decodeRequestInSlices(operation, bytes, call.header('content-type') ?? '', understood);
    const { input, version, wsa, timestamped } = request;
    const ask: Ask = {
      operation: operation.name,
      input,
      headers: passedOn(call),
      caller: soapCaller(callerOf(call, identity), request.headers, identity),
      call,
      soapHeader: (name) => call.message?.header(name) ?? null,
      soapHeaders: request.blocks,
    };
    const answer = await asked(invoke, ask, deadline);
    const timestamp = timestamped ? now() : null;
    const reply = await replyOf(operation, answer, {
      form: { version, dialect, wsa, timestamp, most: mostOut },
      most: mostOut,
    });
    return answer.said === undefined ? reply : { ...reply, said: answer.said };
  };
};

/** What a handler throws that is no error of the door's is a failure of the handler: it was invoked. */
const asked = async (invoke: Invoke, ask: Ask, deadline: Deadline): Promise<Answer> => {
  try {
    return await invoke(ask, deadline);
  } catch (cause) {
    if (cause instanceof AdapterError) throw cause;
    throw new SendError('ERR_STATUS', 'fault', 'all', `${ask.operation} failed in what answers it`, { cause });
  }
};

/** Throws AdapterError ERR_CONTRACT for one that is not there or can only be passed through. */
export const operationOf = (contract: SoapContract, name: string): SoapOperation => {
  const operation = contract.operations.get(name);
  if (operation === undefined) {
    throw new AdapterError(
      'ERR_CONTRACT',
      `no operation ${name}; expected ${[...contract.operations.keys()].join(', ')}`,
    );
  }
  if (operation.passThroughOnly !== null) {
    throw new AdapterError('ERR_CONTRACT', `${name} can only be passed through: ${operation.passThroughOnly}`);
  }
  return operation;
};

/** Too long for us is no fault of the client's: legacy may take it. */
const wholeRequest = async (call: Call, deadline: Deadline, most: number): Promise<Buffer> => {
  try {
    return await call.body.whole(most, deadline);
  } catch (error) {
    if (!(error instanceof AdapterError) || error.code !== 'ERR_TOO_LARGE') throw error;
    throw new RequestError('', `a request of over ${most} bytes, which is not translated`, { cause: error });
  }
};

interface Making {
  readonly form: ReplyForm;
  readonly most: number;
}

const replyOf = async (operation: SoapOperation, answer: Answer, making: Making): Promise<Reply> => {
  try {
    return await fitting(operation, answer, making);
  } catch (cause) {
    if (!(cause instanceof AdapterError)) throw cause;
    const message = `the answer to ${operation.name} does not fit the contract: ${cause.message}`;
    throw new SendError('ERR_CONTRACT', 'contract', 'all', message, { cause });
  }
};

const fitting = async (operation: SoapOperation, answer: Answer, { form, most }: Making): Promise<Reply> => {
  if (answer.kind === 'plain-fault') return plainReply(answer.fault, form);
  if (operation.oneWay !== (answer.kind === 'accepted')) {
    const expected = operation.oneWay ? 'accepted, for it is one-way' : 'a value or a fault';
    throw new AdapterError('ERR_CONTRACT', `the answer is "${answer.kind}"; expected ${expected}`);
  }
  if (answer.kind === 'accepted') return reply(202, null, Buffer.alloc(0));
  if (answer.kind === 'fault') {
    const { name } = answer.fault;
    const bytes = bounded(await encodeFaultInSlices(operation, answer.fault, form), most);
    return { ...reply(500, form, bytes), verdict: { blame: 'nobody', fault: { name, code: '' } } };
  }
  return reply(200, form, bounded(await encodeReplyInSlices(operation, answer.json, form), most));
};

/** A fault that the contract does not declare, in the legacy's own words. */
const plainReply = ({ blame, codes, message, status }: PlainFault, form: ReplyForm): Reply => {
  const { version, dialect, wsa = null, timestamp = null } = form;
  const { envelopePrefix: prefix } = dialect;
  const blocks = timestamp === null ? '' : timestampBlock(timestamp, prefix);
  const trouble = { status, code: '', codes, message, blame: blame === 'client' ? 'client' : 'gateway' } as const;
  const fault = { name: null, code: localCode(codes, blame) };
  const verdict: Verdict = blame === 'client' ? { blame, fault } : { blame, reason: 'fault', fault };
  return { ...soapFault(trouble, version, { prefix }, { wsa, blocks }), verdict };
};

const bounded = (bytes: Buffer, most: number): Buffer => {
  if (bytes.length <= most) return bytes;
  throw new AdapterError('ERR_TOO_LARGE', `an answer of ${bytes.length} bytes; expected at most ${most}`);
};

/** SOAP 1.1 §6.2: a fault is HTTP 500; WCF's clients read no other, in 1.2 either. No message: no content type. */
const reply = (status: number, form: ReplyForm | null, bytes: Buffer): Reply => ({
  head: {
    status,
    reason: reasonPhrases[status] ?? '',
    raw: [
      ...(form === null ? [] : ['Content-Type', form.dialect.contentType[form.version]]),
      'Content-Length',
      String(bytes.length),
    ],
  },
  body: bytesBody(bytes),
  // Also for a declared fault: that is an answer, whatever code it carries.
  verdict: { blame: 'nobody' },
});
