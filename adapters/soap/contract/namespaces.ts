// Names of the vocabularies that contracts are written in, with those of envelopes that they need.

export const xsdNs = 'http://www.w3.org/2001/XMLSchema';
export const xsiNs = 'http://www.w3.org/2001/XMLSchema-instance';
/** Of the prefix `xml`, which needs no declaration. */
export const xmlNs = 'http://www.w3.org/XML/1998/namespace';
export const xmlnsNs = 'http://www.w3.org/2000/xmlns/';
export const wsdlNs = 'http://schemas.xmlsoap.org/wsdl/';
export const wsdlSoapNs = 'http://schemas.xmlsoap.org/wsdl/soap/';
export const wsdlSoap12Ns = 'http://schemas.xmlsoap.org/wsdl/soap12/';
/** Action attributes in a WSDL: the drafts and the recommendation of WS-Addressing Metadata. */
export const wsawNs: readonly string[] = [
  'http://www.w3.org/2006/05/addressing/wsdl',
  'http://www.w3.org/2007/05/addressing/metadata',
];
/** DataContractSerializer's own types: guid, char, duration. */
export const serializationNs = 'http://schemas.microsoft.com/2003/10/Serialization/';

export { envelopeNamespace as envelopeNs, wsaNs, wsaSubmissionNs, wsseNs } from '../namespaces.ts';
export type { SoapVersion } from '../namespaces.ts';
