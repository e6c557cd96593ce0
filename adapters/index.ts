// The list of adapter kinds; a new kind adds one line to `open`.
import type { Adapters, Contract } from './adapter.ts';
import { handlerDestination } from './handler/destination.ts';
import { httpDestination } from './http/destination.ts';
import { httpProtocol } from './http/protocol.ts';
import { translated } from './soap/bridge.ts';
import type { SoapContract } from './soap/contract/contract.ts';
import { soapDestination } from './soap/destination.ts';
import { soapProtocol } from './soap/protocol.ts';

export const adapters: Adapters = {
  open: (name, settings) => {
    if (settings.adapter === 'soap') return soapDestination(name, settings);
    if (settings.adapter === 'http') return Promise.resolve(httpDestination(name, settings));
    return handlerDestination(name, settings);
  },
  soap: (options) => {
    const contract = soapContract(options.contract);
    const dialect = { prefix: contract?.dialect.envelopePrefix ?? 's' };
    return soapProtocol({ ...options, contract, dialect });
  },
  http: httpProtocol,
  translate: (contract, operation, invoke) => {
    const soap = soapContract(contract);
    if (soap === null) throw new Error('only a SOAP contract can be translated');
    return translated(soap, operation, soap.dialect, invoke);
  },
};

/** Contracts pass through `gateway/` opaquely; here they are what they were made as. */
const soapContract = (contract: Contract | null): SoapContract | null =>
  contract !== null && 'names' in contract ? (contract as SoapContract) : null;
