// What the policies of a WSDL ask of the connection that messages come by: WS-SecurityPolicy's TransportBinding.
import { Policies } from './policies.ts';
import { portsOf } from './services.ts';
import { wsdlNs } from '../xml/namespaces.ts';
import { expanded } from '../xml/qname.ts';
import { attribute, childrenNamed, isTrue } from '../xml/xml.ts';
import type { PortTransport } from '../../../adapter.ts';
import type { WsdlDocument } from './documents.ts';
import type { XmlElement } from '../xml/xml.ts';

/** All ports, in the order of the documents. */
export const transportsOf = (documents: readonly WsdlDocument[]): readonly PortTransport[] => {
  const policies = new Policies(documents);
  const bindings = new Map(
    documents.flatMap(({ root, namespace }) =>
      childrenNamed(root, wsdlNs, 'binding').map(
        (element) => [expanded({ ns: namespace, local: attribute(element, 'name') ?? '' }), element] as const,
      ),
    ),
  );
  return portsOf(documents).map(({ name, binding, element }) => {
    const at = [bindings.get(binding) ?? null, element];
    const isSecure = policies.asks(at, isTransport);
    return {
      port: name,
      clientCertificate: policies.asks(at, isClientCertificate),
      credentials: isSecure && policies.asks(at, isCredential),
    };
  });
};

const isPolicy = ({ ns }: XmlElement): boolean => ns.includes('securitypolicy');

const isTransport = (element: XmlElement): boolean => isPolicy(element) && element.local === 'TransportBinding';

/** An element since version 1.2, an attribute of HttpsToken before. */
const isClientCertificate = (element: XmlElement): boolean =>
  isPolicy(element) &&
  (element.local === 'RequireClientCertificate' ||
    (element.local === 'HttpsToken' && isTrue(attribute(element, 'RequireClientCertificate'))));

/** A token that messages carry: SignedSupportingTokens, EndorsingSupportingTokens and the like. */
const isCredential = (element: XmlElement): boolean =>
  isPolicy(element) && element.local.endsWith('SupportingTokens') && hasToken(element);

const hasToken = ({ children }: XmlElement): boolean =>
  children.some((child) => (isPolicy(child) && child.local.endsWith('Token')) || hasToken(child));
