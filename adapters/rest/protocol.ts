// How the clients of a REST route are understood and answered: operations of a SOAP contract at methods and paths.
import { STATUS_CODES } from 'node:http';
import type { Call, Deadline, Identified, Protocol, Raw, Reply, Trouble } from '../adapter.ts';
import { problemReply, replyOf } from '../wire/accept.ts';
import type { OwnDocument, RestFace, RestOperation } from './face.ts';
import { RestMessage } from './message.ts';
import { Unfit, readInput } from './input.ts';

/** `documents`: what the face answers itself for GET. */
export const restProtocol = (face: RestFace, documents: readonly OwnDocument[]): Protocol => {
  const own = new Map(documents.map((document) => [face.mount + document.path, document]));
  return {
    kind: 'rest',
    contract: face.contract,
    named: (head) => face.find(head.method, head.target)?.operation.name ?? null,
    identify: async (call, deadline) => {
      const { method, target } = call.head;
      const document = own.get(target.split('?', 1)[0] ?? '');
      if (document !== undefined) return answered(null, documentReply(document, method));
      const found = face.find(method, target);
      return found === null ? nothingThere(face, call) : understood(found, call, deadline);
    },
    watch: (call, report) => {
      const found = face.find(call.head.method, call.head.target);
      report(found === null ? nothingThere(face, call) : { is: 'operation', name: found.operation.name });
    },
    fault: (trouble) => problemReply(trouble),
  };
};

const answered = (name: string | null, reply: Reply): Identified => ({ is: 'answered', name, reply });

const understood = async (found: RestOperation, call: Call, deadline: Deadline): Promise<Identified> => {
  const { name } = found.operation;
  try {
    const { input, headers } = await readInput(found, call, deadline);
    call.message = new RestMessage(input, headers);
    return { is: 'operation', name };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return answered(name, unfitReply(error));
  }
};

const documentReply = ({ type, bytes }: OwnDocument, method: string): Reply => {
  if (method === 'GET' || method === 'HEAD') return replyOf(200, 'OK', ['Content-Type', type], bytes());
  const allow = ['GET', 'HEAD', 'OPTIONS'];
  return method === 'OPTIONS' ? optionsReply(allow) : notAllowed(method, allow);
};

const nothingThere = (face: RestFace, call: Call): Identified => {
  const { method, target } = call.head;
  const allow = face.allowed(target);
  if (allow.length === 0) {
    const message = 'No operation is at this address.';
    return answered(null, problemReply({ status: 404, code: 'ERR_NO_OPERATION', message, blame: 'client' }));
  }
  return answered(null, method === 'OPTIONS' ? optionsReply(allow) : notAllowed(method, allow));
};

const optionsReply = (allow: readonly string[]): Reply => replyOf(204, 'No Content', ['Allow', allow.join(', ')]);

const notAllowed = (method: string, allow: readonly string[]): Reply => {
  const message = `${method.slice(0, 20)} is not allowed here; expected ${allow.join(', ')}.`;
  return problem({ status: 405, code: 'ERR_METHOD', message, blame: 'client' }, {}, ['Allow', allow.join(', ')]);
};

const unfitReply = ({ status, message, errors, code, lines }: Unfit): Reply =>
  problem({ status, code, message, blame: 'client' }, errors.length === 0 ? {} : { errors }, lines);

/** A problem of ours with members and headers of its own. */
const problem = ({ status, code, message }: Trouble, members: object, lines: Raw): Reply => {
  const title = STATUS_CODES[status] ?? 'Error';
  const json = { type: 'about:blank', title, status, detail: message, code, ...members };
  return replyOf(
    status,
    title,
    ['Content-Type', 'application/problem+json', ...lines],
    Buffer.from(JSON.stringify(json)),
  );
};
