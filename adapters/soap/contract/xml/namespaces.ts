// Names of the vocabularies that contracts are written in, with those of envelopes that they need.

export const xsdNs = 'http://www.w3.org/2001/XMLSchema';
export const xsiNs = 'http://www.w3.org/2001/XMLSchema-instance';
/** Of the prefix `xml`, which needs no declaration. */
export const xmlNs = 'http://www.w3.org/XML/1998/namespace';
export const xmlnsNs = 'http://www.w3.org/2000/xmlns/';
export const wsdlNs = 'http://schemas.xmlsoap.org/wsdl/';
export const wsdl2Ns = 'http://www.w3.org/ns/wsdl';
export const wsdlMimeNs = 'http://schemas.xmlsoap.org/wsdl/mime/';
export const soapEncodingNs: readonly string[] = [
  'http://schemas.xmlsoap.org/soap/encoding/',
  'http://www.w3.org/2003/05/soap-encoding',
];
export const wsdlSoapNs = 'http://schemas.xmlsoap.org/wsdl/soap/';
export const wsdlSoap12Ns = 'http://schemas.xmlsoap.org/wsdl/soap12/';
/** Action attributes in a WSDL: the drafts and the recommendation of WS-Addressing Metadata. */
export const wsawNs: readonly string[] = [
  'http://www.w3.org/2006/05/addressing/wsdl',
  'http://www.w3.org/2007/05/addressing/metadata',
];
/** WS-Policy, drafts and recommendation. */
export const wspNs: readonly string[] = [
  'http://schemas.xmlsoap.org/ws/2004/09/policy',
  'http://schemas.xmlsoap.org/ws/2002/12/policy',
  'http://www.w3.org/2006/07/ws-policy',
  'http://www.w3.org/ns/ws-policy',
];
export const wsuNs = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
/** What .NET says of a service beyond WSDL: sessions. */
export const msContractNs = 'http://schemas.microsoft.com/ws/2005/12/wsdl/contract';
/** DataContractSerializer's own types: guid, char, duration. */
export const serializationNs = 'http://schemas.microsoft.com/2003/10/Serialization/';

export { envelopeNamespace as envelopeNs, wsaNs, wsaSubmissionNs, wsseNs } from '../../namespaces.ts';
export type { SoapVersion } from '../../namespaces.ts';
