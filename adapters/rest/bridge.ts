// A service answers a REST client: the call's input → invoke → JSON, checked by the contract; faults are RFC 9457 problems.
import { AdapterError, SendError } from '../errors.ts';
import { callerOf } from '../caller.ts';
import type { Answer, Invoke, Json, Reply, Send, Translation } from '../adapter.ts';
import { decodeReplyInSlices, encodeFaultInSlices, encodeReplyInSlices } from '../soap/contract/codec.ts';
import type { SoapContract, SoapOperation } from '../soap/contract/contract.ts';
import { wcf } from '../soap/contract/dialect.ts';
import { jsonText } from '../json-text.ts';
import { replyOf } from '../wire/accept.ts';
import { passedOn } from '../passed-on.ts';
import { RestMessage } from './message.ts';
import { faultProblem, plainProblem } from './problem.ts';

// The same bound as for SOAP replies that are made of an answer.
const form = { version: '1.1', dialect: wcf, most: 16 * 1024 * 1024 } as const;
const contentType = wcf.contentType['1.1'];

type Bridged = Pick<Translation, 'invoke' | 'identity'> & {
  readonly contract: SoapContract;
  readonly operation: SoapOperation;
};

/** Rejects as the invoke does, and with SendError `contract` when its answer does not fit. */
export const restBridge = ({ contract, operation, invoke, identity }: Bridged): Send => {
  return async (call, deadline) => {
    const { message } = call;
    if (!(message instanceof RestMessage)) throw new Error(`a call of ${operation.name} that was not understood`);
    const ask = {
      operation: operation.name,
      input: message.input,
      headers: passedOn(call),
      caller: callerOf(call, identity),
      call,
      soapHeader: () => null,
      soapHeaders: message.headers,
    };
    const answer = await asked(invoke, ask, deadline);
    const reply = await replied({ contract, operation }, answer);
    return answer.said === undefined ? reply : { ...reply, said: answer.said };
  };
};

const asked = async (...[invoke, ask, deadline]: [Invoke, ...Parameters<Invoke>]): Promise<Answer> => {
  try {
    return await invoke(ask, deadline);
  } catch (cause) {
    if (cause instanceof AdapterError) throw cause;
    throw new SendError('ERR_STATUS', 'fault', 'all', `${ask.operation} failed in what answers it`, { cause });
  }
};

type From = Pick<Bridged, 'contract' | 'operation'>;

const replied = async (from: From, answer: Answer): Promise<Reply> => {
  try {
    return await fitting(from, answer);
  } catch (cause) {
    if (!(cause instanceof AdapterError)) throw cause;
    const message = `the answer to ${from.operation.name} does not fit the contract: ${cause.message}`;
    throw new SendError('ERR_CONTRACT', 'contract', 'all', message, { cause });
  }
};

const fitting = async ({ contract, operation }: From, answer: Answer): Promise<Reply> => {
  if (answer.kind === 'plain-fault') return plainProblem(answer.fault);
  if (operation.oneWay !== (answer.kind === 'accepted')) {
    const expected = operation.oneWay ? 'accepted, for it is one-way' : 'a value or a fault';
    throw new AdapterError('ERR_CONTRACT', `the answer is "${answer.kind}"; expected ${expected}`);
  }
  if (answer.kind === 'accepted') return replyOf(202, 'Accepted', []);
  if (answer.kind === 'fault') {
    const bytes = await encodeFaultInSlices(operation, answer.fault, form);
    const checked = await decodeReplyInSlices(operation, bytes, contentType);
    return faultProblem(contract, operation, checked.kind === 'fault' ? checked.fault : answer.fault);
  }
  const json = answer.checked === true ? answer.json : await exactly(operation, answer.json);
  if (operation.isVoid) return replyOf(204, 'No Content', []);
  return replyOf(200, 'OK', ['Content-Type', 'application/json'], Buffer.from(jsonText(json)));
};

/** As the contract writes it: legacy and modern answer alike, to the last digit. */
const exactly = async (operation: SoapOperation, json: Json): Promise<Json> => {
  const bytes = await encodeReplyInSlices(operation, json, form);
  const read = await decodeReplyInSlices(operation, bytes, contentType);
  if (read.kind !== 'value') throw new AdapterError('ERR_CONTRACT', 'an answer that reads as a fault');
  return read.json;
};
