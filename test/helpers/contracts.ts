// Contracts that several tests speak, and envelopes around their messages.
import { join } from 'node:path';
import { loadContract } from '../../adapters/soap/contract/contract.ts';
import { envelopeNs } from '../../adapters/soap/contract/xml/namespaces.ts';
import type { SoapContract, SoapOperation } from '../../adapters/soap/contract/contract.ts';
import type { SoapVersion } from '../../adapters/soap/contract/xml/namespaces.ts';

/** Path of a file under test/golden/contracts. */
export const goldenContract = (name: string): string => join(import.meta.dirname, '../golden/contracts', name);

/** A WCF service, its metadata saved as WCF splits it. */
export const loadOrders = (): Promise<SoapContract> => loadContract(goldenContract('orders-split/OrderService.wsdl'));

/** Every construct that is translated. */
export const loadShapes = (): Promise<SoapContract> => loadContract(goldenContract('shapes.wsdl'));

export const ordersNs = 'http://contoso.example/orders';
export const ordersDataNs = 'http://schemas.datacontract.org/2004/07/Contoso.Orders';

export const operationOf = (contract: SoapContract, name: string): SoapOperation => {
  const found = contract.operations.get(name);
  if (found === undefined) throw new Error(`the contract has no ${name}`);
  return found;
};

interface Around {
  readonly version?: SoapVersion;
  /** Header blocks; `e` is the envelope's prefix. */
  readonly header?: string;
}

/** An envelope around the content of a Body. */
export const enveloped = (body: string, { version = '1.1', header = '' }: Around = {}): string =>
  `<e:Envelope xmlns:e="${envelopeNs[version]}"><e:Header>${header}</e:Header><e:Body>${body}</e:Body></e:Envelope>`;
