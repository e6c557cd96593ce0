// Handlers tried against a contract, for the tests of those who write them: the way a call takes in the gateway, without one.
import { fileURLToPath } from 'node:url';
import { SendError } from './errors.ts';
import { run } from './handler/destination.ts';
import { operationOf, translated } from './soap/bridge.ts';
import { decodeReply, encodeRequest } from './soap/contract/codec.ts';
import { loadContract } from './soap/contract/contract.ts';
import { wcf } from './soap/contract/dialect.ts';
import { bytesBody } from './wire/bytes.ts';
import { CallDeadline } from './wire/deadline.ts';
import type { Answer, Call, Invoke, Json, Reply } from './adapter.ts';
import type { Handler } from './handler/load.ts';
import type { SoapContract } from './soap/contract/contract.ts';

export interface ContractTrial {
  /** Rejects with what the handler throws, and with AdapterError ERR_CONTRACT for an input or answer that does not fit. */
  ask(operation: string, handler: Handler, input: Json, more?: Asking): Promise<Answer>;
}

/** What a call has besides its input. */
export interface Asking {
  /** SOAP header blocks that the contract declares. */
  readonly soapHeaders?: Readonly<Record<string, Json>>;
}

/** Milliseconds that a handler has. */
const timeout = 10_000;
const mostBytes = 16 * 1024 * 1024;
const form = { version: '1.1', dialect: wcf } as const;
const contentType = wcf.contentType['1.1'];

/** Reads a WSDL file. Rejects as `loadContract` does. */
export const contractOf = async (wsdl: string | URL): Promise<ContractTrial> => {
  const contract = await loadContract(typeof wsdl === 'string' ? wsdl : fileURLToPath(wsdl));
  return { ask: (operation, handler, input, more = {}) => asked({ contract, operation, handler, input, ...more }) };
};

interface Trying extends Asking {
  readonly contract: SoapContract;
  readonly operation: string;
  readonly handler: Handler;
  readonly input: Json;
}

const asked = async ({ contract, operation: name, handler, input, soapHeaders = {} }: Trying): Promise<Answer> => {
  const operation = operationOf(contract, name);
  const invoke: Invoke = (ask, until) => run(handler, { ask, deadline: until, oneWay: operation.oneWay, timeout });
  const send = translated(contract, name, wcf, invoke);
  const deadline = new CallDeadline();
  const reply = await send(callOf(encodeRequest(operation, input, { ...form, blocks: soapHeaders })), deadline).catch(
    itself,
  );
  if (operation.oneWay) return { kind: 'accepted' };
  const answer = decodeReply(operation, await wholeOf(reply, deadline), contentType);
  if (answer.kind === 'undeclared') throw new Error(`a fault that the contract does not have: ${answer.message}`);
  return answer;
};

const wholeOf = (reply: Reply, deadline: CallDeadline): Promise<Buffer> => reply.body.whole(mostBytes, deadline);

/** What the handler threw, rather than our word for it. */
const itself = (error: unknown): never => {
  throw error instanceof SendError && error.code === 'ERR_STATUS' && error.cause !== undefined ? error.cause : error;
};

const callOf = (bytes: Buffer): Call => ({
  head: { method: 'POST', target: '/', http: '1.1', raw: ['Content-Type', contentType] },
  body: bytesBody(bytes),
  client: { address: '127.0.0.1', secure: false, certificate: () => null },
  expects: null,
  message: null,
  header: (name) => (name === 'content-type' ? contentType : null),
});
