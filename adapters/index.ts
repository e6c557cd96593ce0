// The list of adapter kinds; a new kind adds one line to `open`.
import type { Adapters, Contract, Scaffolded } from './adapter.ts';
import { handlerDestination } from './handler/destination.ts';
import { httpDestination } from './http/destination.ts';
import { httpProtocol } from './http/protocol.ts';
import { quietly } from './quiet.ts';
import { restBridge } from './rest/bridge.ts';
import { restBindings, restFace, type OwnDocument, type RestFace } from './rest/face.ts';
import { restMeanings } from './rest/meanings.ts';
import { faultStatus, faultType } from './rest/problem.ts';
import { restProtocol } from './rest/protocol.ts';
import { bytesBody, detached } from './wire/bytes.ts';
import { CallDeadline } from './wire/deadline.ts';
import { isSecured } from './wire/relay.ts';
import { operationOf, translated } from './soap/bridge.ts';
import type { SoapContract } from './soap/contract/contract.ts';
import { inspectContract } from './soap/contract/loading/inspect.ts';
import { documentsOf as describedBy } from './soap/document/documents.ts';
import { soapDestination } from './soap/destination.ts';
import { soapMeanings } from './soap/meanings.ts';
import { soapProtocol } from './soap/protocol.ts';
import { scaffoldOf } from './soap/scaffold/scaffold.ts';

export const adapters: Adapters = {
  open: (name, settings, told = () => undefined) => {
    const tell = quietly(told);
    if (settings.adapter === 'soap') return soapDestination(name, settings, tell);
    if (settings.adapter === 'http') return httpDestination(name, settings, tell);
    return handlerDestination(name, settings);
  },
  inspect: inspectContract,
  soap: (options) => {
    const contract = soapContract(options.contract);
    const dialect = { prefix: contract?.dialect.envelopePrefix ?? 's' };
    return soapProtocol({ ...options, contract, dialect });
  },
  http: httpProtocol,
  rest: ({ contract, ...options }) => {
    const face = restFace(translatable(contract), options);
    return restProtocol(face, documentsOf(face));
  },
  meanings: ({ face, contract, operation, volatile }) => {
    const own = operationOf(translatable(contract), operation);
    return face === 'rest' ? restMeanings : soapMeanings(own, volatile);
  },
  detach: detached,
  deadline: (at) => new CallDeadline(at),
  isGoodOnce: isSecured,
  replyOf: ({ status, reason, raw }, body) => ({
    head: { status, reason, raw },
    body: bytesBody(body),
    verdict: { blame: 'nobody' },
  }),
  translate: ({ face, contract, operation, call, invoke, identity }) => {
    const soap = translatable(contract);
    if (face === 'soap') return translated(soap, operation, soap.dialect, invoke, { identity });
    const own = operationOf(soap, operation);
    restBindings(call, own);
    return restBridge({ contract: soap, operation: own, invoke, identity });
  },
};

/** What a REST face answers itself for GET, besides its operations. */
const documentsOf = (face: RestFace): readonly OwnDocument[] =>
  describedBy(face.contract, [...face.operations.values()], {
    title: face.contract.targetNamespace,
    mount: face.mount,
    problems: { status: faultStatus, typeOf: (fault) => faultType(face.contract, fault) },
  });

const translatable = (contract: Contract): SoapContract => {
  const soap = soapContract(contract);
  if (soap === null) throw new Error('only a SOAP contract can be translated');
  return soap;
};

/** Contracts pass through `gateway/` opaquely; here they are what they were made as. */
const soapContract = (contract: Contract | null): SoapContract | null =>
  contract !== null && 'names' in contract ? (contract as SoapContract) : null;

/**
 * What a team starts from that writes a contract's service anew. `wsdl`: the file as tests are to name it, from where they
 * stand. Throws an Error for a contract that is not SOAP's.
 */
export const scaffold = (contract: Contract, wsdl: string): readonly Scaffolded[] =>
  scaffoldOf(translatable(contract), wsdl);
