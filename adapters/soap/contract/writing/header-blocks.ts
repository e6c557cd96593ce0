// Header blocks of a request that we answer ourselves: what must be understood, and WS-Addressing.
import { RequestError } from '../../../errors.ts';
import { envelopeNs, wsaNs, wsaSubmissionNs, wsseNs, wsuNs } from '../xml/namespaces.ts';
import { attribute, childNamed } from '../xml/xml.ts';
import type { Envelope } from '../envelope.ts';
import type { SoapVersion } from '../xml/namespaces.ts';
import type { XmlElement } from '../xml/xml.ts';

/** Of a request that carries WS-Addressing 1.0 headers; its reply has to as well. */
export interface Addressing {
  readonly messageId: string | null;
}

/** What else is understood than addressing. */
export interface Understood {
  /** WS-Security: somebody has said what becomes of it. */
  readonly security?: boolean;
}

const anonymous = `${wsaNs}/anonymous`;
const ours = new Set([
  '',
  'http://schemas.xmlsoap.org/soap/actor/next',
  `${envelopeNs['1.2']}/role/next`,
  `${envelopeNs['1.2']}/role/ultimateReceiver`,
]);
const endpoints = new Set(['ReplyTo', 'FaultTo']);

/**
 * Addressing of a request, or null where it has none. Throws RequestError for headers that we cannot honour: legacy
 * can. That is anything with mustUnderstand that is meant for us, WS-Security unless it is understood, older addressing, and replies
 * that are wanted elsewhere (SOAP 1.1 §4.2.3, 1.2 part 1 §2.4).
 */
export const addressingOf = (
  { headers, version }: Envelope,
  { security = false }: Understood = {},
): Addressing | null => {
  let isAddressed = false;
  let messageId: string | null = null;
  for (const block of headers) {
    if (!isForUs(block, version)) continue;
    if (block.ns === wsaNs) {
      isAddressed = true;
      if (block.local === 'MessageID') messageId = block.text.trim();
      if (endpoints.has(block.local)) refuseElsewhere(block);
    } else if (block.ns === wsseNs && security) {
      continue;
    } else if (block.ns === wsseNs || block.ns === wsaSubmissionNs || mustUnderstand(block, version)) {
      throw new RequestError('', `the header {${block.ns}}${block.local}, which only legacy understands`);
    }
  }
  return isAddressed ? { messageId } : null;
};

/** Does it carry WS-Security with a Timestamp, for us? */
export const isTimestamped = ({ headers, version }: Envelope): boolean =>
  headers.some(
    (block) =>
      block.ns === wsseNs &&
      block.local === 'Security' &&
      isForUs(block, version) &&
      childNamed(block, wsuNs, 'Timestamp') !== null,
  );

const refuseElsewhere = (block: XmlElement): void => {
  const address = childNamed(block, wsaNs, 'Address')?.text.trim() ?? '';
  if (address !== anonymous) {
    throw new RequestError('', `wsa:${block.local} wants the reply at another address; expected ${anonymous}`);
  }
};

/** By actor or role: meant for whoever answers. */
export const isForUs = (block: Pick<XmlElement, 'attributes'>, version: SoapVersion): boolean =>
  ours.has(attribute(block, version === '1.1' ? 'actor' : 'role', envelopeNs[version])?.trim() ?? '');

const mustUnderstand = (block: XmlElement, version: SoapVersion): boolean => {
  const value = attribute(block, 'mustUnderstand', envelopeNs[version])?.trim() ?? '0';
  return value !== '0' && value !== 'false';
};
