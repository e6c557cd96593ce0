// Services and ports: where a contract's bindings are offered.
import { wsdlNs, wsdlSoap12Ns, wsdlSoapNs } from '../xml/namespaces.ts';
import { expanded } from '../xml/qname.ts';
import { attribute, childNamed, childrenNamed, qnameAt } from '../xml/xml.ts';
import type { WsdlDocument } from './documents.ts';
import type { ExpandedName } from '../../names.ts';
import type { SoapVersion } from '../xml/namespaces.ts';
import type { XmlElement } from '../xml/xml.ts';

export interface Port {
  readonly service: string;
  readonly name: string;
  /** Expanded name of its binding. */
  readonly binding: ExpandedName;
  readonly version: SoapVersion;
  /** Where it is offered, as written; null where nothing is said. */
  readonly address: string | null;
  readonly element: XmlElement;
}

/** Ports of SOAP bindings, in the order of the documents. */
export const portsOf = (documents: readonly WsdlDocument[]): Port[] =>
  documents.flatMap(({ root }) =>
    childrenNamed(root, wsdlNs, 'service').flatMap((service) =>
      childrenNamed(service, wsdlNs, 'port').flatMap((port) => portOf(service, port)),
    ),
  );

const portOf = (service: XmlElement, element: XmlElement): Port[] => {
  const binding = qnameAt(element, attribute(element, 'binding') ?? '');
  const soap12 = childNamed(element, wsdlSoap12Ns, 'address');
  const address = soap12 ?? childNamed(element, wsdlSoapNs, 'address');
  if (binding === null || address === null) return [];
  return [
    {
      service: attribute(service, 'name') ?? '',
      name: attribute(element, 'name') ?? '',
      binding: expanded(binding),
      version: soap12 === null ? '1.1' : '1.2',
      address: attribute(address, 'location')?.trim() ?? null,
      element,
    },
  ];
};
