// Namespaces of envelopes and their headers. Everything else in a message is the contract's business.

export type SoapVersion = '1.1' | '1.2';

export const envelopeNamespace: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
};

/** SOAP version of an envelope namespace, or null. */
export const versionOf = (uri: string): SoapVersion | null => {
  if (uri === envelopeNamespace['1.1']) return '1.1';
  return uri === envelopeNamespace['1.2'] ? '1.2' : null;
};

export const wsaNs = 'http://www.w3.org/2005/08/addressing';
export const wsaSubmissionNs = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';

/** WS-Addressing, the drafts that WSE spoke included. */
export const addressingNamespaces: ReadonlySet<string> = new Set([
  wsaNs,
  wsaSubmissionNs,
  'http://schemas.xmlsoap.org/ws/2004/03/addressing',
  'http://schemas.xmlsoap.org/ws/2003/03/addressing',
]);

export const wsseNs = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';

/** WS-Security: where UsernameToken stands. */
export const securityNamespaces: ReadonlySet<string> = new Set([
  wsseNs,
  'http://schemas.xmlsoap.org/ws/2003/06/secext',
  'http://schemas.xmlsoap.org/ws/2002/07/secext',
]);

const conversations = [
  'http://schemas.xmlsoap.org/ws/2005/02/sc',
  'http://schemas.xmlsoap.org/ws/2004/04/sc',
  'http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512',
  'http://schemas.xmlsoap.org/ws/2005/02/rm',
  'http://schemas.xmlsoap.org/ws/2004/03/rm',
  'http://docs.oasis-open.org/ws-rx/wsrm/200702',
];
const trusts = [
  'http://schemas.xmlsoap.org/ws/2005/02/trust',
  'http://schemas.xmlsoap.org/ws/2004/04/trust',
  'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
];

/** Secure conversation, reliable messaging and the trust handshakes they begin with: they stay with legacy. */
export const sessionNamespaces: ReadonlySet<string> = new Set([...conversations, ...trusts]);

/** Is this action one of a session's own, such as `…/200702/CreateSequence` or `…/trust/RST/SCT`? */
export const isSessionAction = (action: string): boolean => {
  for (const uri of sessionNamespaces) {
    if (action.startsWith(uri) && action.charCodeAt(uri.length) === 0x2f) return true;
  }
  return false;
};

/** Actions that ask for metadata (`/mex`), not for an operation. */
export const metadataActions: ReadonlySet<string> = new Set([
  'http://schemas.xmlsoap.org/ws/2004/09/transfer/Get',
  'http://schemas.xmlsoap.org/ws/2004/09/mex/GetMetadata/Request',
]);

export const encryptionNamespace = 'http://www.w3.org/2001/04/xmlenc#';
