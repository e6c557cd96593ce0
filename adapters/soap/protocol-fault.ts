// Faults that the gateway itself makes, in the caller's version: the only form of an error that SOAP clients read.
import { bytesBody } from '../wire/bytes.ts';
import { envelopeNamespace } from './namespaces.ts';
import { escapeLoosely } from './contract/escape.ts';
import type { Raw, Reply, Trouble } from '../adapter.ts';
import type { SoapVersion } from './namespaces.ts';

/** How the legacy service spells what is the speller's choice: clients compare the text of `faultcode`. */
export interface FaultDialect {
  /** Prefix of the envelope namespace: `s` for WCF, `soap` for ASMX, `soapenv` for Axis. */
  readonly prefix: string;
}

const wcf: FaultDialect = { prefix: 's' };

/**
 * HTTP 500 whatever the trouble's own status: .NET reads bodies of 2xx and 500 only. A SOAP 1.1 fault has its
 * children unqualified and in this order (SOAP 1.1 §4.4), a 1.2 one has Code and Reason (SOAP 1.2 part 1 §5.4).
 */
export const soapFault = (trouble: Trouble, version: SoapVersion, dialect: FaultDialect = wcf): Reply => {
  const body = Buffer.from(version === '1.1' ? fault11(trouble, dialect.prefix) : fault12(trouble, dialect.prefix));
  return {
    head: { status: 500, reason: 'Internal Server Error', raw: headers(trouble, version, body.length) },
    body: bytesBody(body),
    verdict: { blame: 'nobody' },
  };
};

const headers = ({ retryAfter }: Trouble, version: SoapVersion, length: number): Raw => [
  'Content-Type',
  version === '1.1' ? 'text/xml; charset=utf-8' : 'application/soap+xml; charset=utf-8',
  'Content-Length',
  String(length),
  ...(retryAfter === undefined ? [] : ['Retry-After', String(Math.max(0, Math.ceil(retryAfter)))]),
];

const fault11 = ({ blame, message }: Trouble, s: string): string =>
  enveloped(
    '1.1',
    s,
    `<${s}:Fault><faultcode>${s}:${blame === 'client' ? 'Client' : 'Server'}</faultcode>` +
      `<faultstring xml:lang="en">${escapeLoosely(message)}</faultstring></${s}:Fault>`,
  );

const fault12 = ({ blame, message }: Trouble, s: string): string =>
  enveloped(
    '1.2',
    s,
    `<${s}:Fault><${s}:Code><${s}:Value>${s}:${blame === 'client' ? 'Sender' : 'Receiver'}</${s}:Value></${s}:Code>` +
      `<${s}:Reason><${s}:Text xml:lang="en">${escapeLoosely(message)}</${s}:Text></${s}:Reason></${s}:Fault>`,
  );

const enveloped = (version: SoapVersion, s: string, body: string): string =>
  '<?xml version="1.0" encoding="utf-8"?>' +
  `<${s}:Envelope xmlns:${s}="${envelopeNamespace[version]}"><${s}:Body>${body}</${s}:Body></${s}:Envelope>`;
