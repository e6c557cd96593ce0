// A JSON handler or service answers a SOAP client: envelope → JSON → invoke → JSON → envelope, all by the contract.
import { AdapterError, RequestError, SendError } from '../errors.ts';
import { bytesBody } from '../wire/bytes.ts';
import { decodeRequestInSlices, encodeFault, encodeReply } from './contract/codec.ts';
import type { Answer, Ask, Call, Deadline, Invoke, Reply, Send } from '../adapter.ts';
import type { ReplyForm } from './contract/codec.ts';
import type { SoapContract, SoapOperation } from './contract/contract.ts';
import type { Dialect } from './contract/dialect.ts';

export interface BridgeLimits {
  /** Longest request that is translated, in bytes. 1 MiB where nothing is said. */
  readonly request?: number;
  /** Longest reply that is made, in bytes. 16 MiB where nothing is said. */
  readonly reply?: number;
}

const defaults = { request: 1024 * 1024, reply: 16 * 1024 * 1024 };
/** Headers that a modern service may be told. No credentials: what becomes of an identity is for the route to say. */
const passedOn = ['traceparent', 'tracestate', 'accept-language'] as const;
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
  limits: BridgeLimits = {},
): Send => {
  const operation = operationOf(contract, operationName);
  const { request: mostIn, reply: mostOut } = { ...defaults, ...limits };
  return async (call, deadline) => {
    const bytes = await wholeRequest(call, deadline, mostIn);
    const { input, version, wsa } = await decodeRequestInSlices(operation, bytes, call.header('content-type') ?? '');
    const answer = await asked(invoke, { operation: operation.name, input, headers: headersOf(call) }, deadline);
    return replyOf(operation, answer, { form: { version, dialect, wsa }, most: mostOut });
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

const operationOf = (contract: SoapContract, name: string): SoapOperation => {
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

const headersOf = (call: Call): Ask['headers'] => {
  const headers: Record<string, string> = {};
  for (const name of passedOn) {
    const value = call.header(name);
    if (value !== null) headers[name] = value;
  }
  return headers;
};

interface Making {
  readonly form: ReplyForm;
  readonly most: number;
}

const replyOf = (operation: SoapOperation, answer: Answer, making: Making): Reply => {
  try {
    return fitting(operation, answer, making);
  } catch (cause) {
    if (!(cause instanceof AdapterError)) throw cause;
    const message = `the answer to ${operation.name} does not fit the contract: ${cause.message}`;
    throw new SendError('ERR_CONTRACT', 'contract', 'all', message, { cause });
  }
};

const fitting = (operation: SoapOperation, answer: Answer, { form, most }: Making): Reply => {
  if (operation.oneWay !== (answer.kind === 'accepted')) {
    const expected = operation.oneWay ? 'accepted, for it is one-way' : 'a value or a fault';
    throw new AdapterError('ERR_CONTRACT', `the answer is "${answer.kind}"; expected ${expected}`);
  }
  if (answer.kind === 'accepted') return reply(202, null, Buffer.alloc(0));
  if (answer.kind === 'fault') return reply(500, form, bounded(encodeFault(operation, answer.fault, form), most));
  return reply(200, form, bounded(encodeReply(operation, answer.json, form), most));
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
