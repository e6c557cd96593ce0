// Faults that the gateway itself makes, in the caller's version: the only form of an error that SOAP clients read.
import { bytesBody } from '../wire/bytes.ts';
import { envelopeNamespace } from './namespaces.ts';
import { escapeLoosely } from './contract/xml/escape.ts';
import type { Raw, Reply, Trouble } from '../adapter.ts';
import type { SoapVersion } from './namespaces.ts';

/** How the legacy service spells what is the speller's choice: clients compare the text of `faultcode`. */
export interface FaultDialect {
  /** Prefix of the envelope namespace: `s` for WCF, `soap` for ASMX, `soapenv` for Axis. */
  readonly prefix: string;
}

/** Trouble that somebody told with codes of SOAP, expanded, outermost first. */
export type SoapTrouble = Trouble & { readonly codes?: readonly string[] };

/** The fault answers a call that carries WS-Addressing 1.0 headers. */
export interface AddressedTo {
  readonly messageId: string | null;
}

const addressingNamespace = 'http://www.w3.org/2005/08/addressing';

/** What stands in the fault's Header. */
export interface FaultHeader {
  readonly wsa: AddressedTo | null;
  /** More blocks, as text; their prefixes are declared in them, but for the envelope's. */
  readonly blocks?: string;
}

const wcf: FaultDialect = { prefix: 's' };

/**
 * HTTP 500 whatever the trouble's own status: .NET reads bodies of 2xx and 500 only. A SOAP 1.1 fault has its
 * children unqualified and in this order (SOAP 1.1 §4.4), a 1.2 one has Code and Reason (SOAP 1.2 part 1 §5.4).
 */
export const soapFault = (
  trouble: SoapTrouble,
  version: SoapVersion,
  dialect: FaultDialect = wcf,
  header: FaultHeader = { wsa: null },
): Reply => {
  const fault = version === '1.1' ? fault11(trouble, dialect.prefix) : fault12(trouble, dialect.prefix);
  const body = Buffer.from(enveloped(fault, { version, s: dialect.prefix, ...header }));
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

const fault11 = ({ blame, message, codes = [] }: SoapTrouble, s: string): string =>
  `<${s}:Fault>${coded('faultcode', codes, `${s}:${blame === 'client' ? 'Client' : 'Server'}`)}` +
  `<faultstring xml:lang="en">${escapeLoosely(message)}</faultstring></${s}:Fault>`;

const fault12 = ({ blame, message, codes = [] }: SoapTrouble, s: string): string =>
  `<${s}:Fault><${s}:Code><${s}:Value>${s}:${blame === 'client' ? 'Sender' : 'Receiver'}</${s}:Value>` +
  `${subcodes(
    codes.filter((code) => !isOfEnvelope(code)),
    s,
  )}</${s}:Code>` +
  `<${s}:Reason><${s}:Text xml:lang="en">${escapeLoosely(message)}</${s}:Text></${s}:Reason></${s}:Fault>`;

/** SOAP 1.1 has one code: the innermost says most. Those of an envelope's own namespace are the dialect's to spell. */
const coded = (element: string, codes: readonly string[], plain: string): string => {
  const own = codes.findLast((code) => !isOfEnvelope(code));
  const name = own === undefined ? null : split(own);
  if (name === null) return `<${element}>${plain}${dotted(codes)}</${element}>`;
  return `<${element} xmlns:c="${xmlAttribute(name.ns)}">c:${escapeLoosely(name.local)}</${element}>`;
};

const subcodes = ([first, ...inner]: readonly string[], s: string): string => {
  const name = first === undefined ? null : split(first);
  if (name === null) return '';
  return (
    `<${s}:Subcode><${s}:Value xmlns:c="${xmlAttribute(name.ns)}">c:${escapeLoosely(name.local)}</${s}:Value>` +
    `${subcodes(inner, s)}</${s}:Subcode>`
  );
};

/** `Client.Authentication`: what follows the dot (SOAP 1.1 §4.4.1). */
const dotted = ([code = '']: readonly string[]): string =>
  escapeLoosely(/\}(?:Client|Server)(\.[\w.-]+)$/.exec(code)?.[1] ?? '');

const isOfEnvelope = (code: string): boolean =>
  Object.values(envelopeNamespace).some((ns) => code.startsWith(`{${ns}}`));

const split = (code: string): { ns: string; local: string } | null => {
  const [, ns = '', local = ''] = /^\{([^{}]+)\}([\w.-]+)$/.exec(code) ?? [];
  return ns === '' ? null : { ns, local };
};

const xmlAttribute = (text: string): string => escapeLoosely(text).replaceAll('"', '&quot;');

interface Around extends FaultHeader {
  readonly version: SoapVersion;
  /** Prefix of the envelope's namespace. */
  readonly s: string;
}

const enveloped = (body: string, { version, s, wsa, blocks = '' }: Around): string =>
  '<?xml version="1.0" encoding="utf-8"?>' +
  `<${s}:Envelope xmlns:${s}="${envelopeNamespace[version]}">${wsa === null && blocks === '' ? '' : headed(s, (wsa === null ? '' : addressed(wsa)) + blocks)}` +
  `<${s}:Body>${body}</${s}:Body></${s}:Envelope>`;

// WS-Addressing 1.0 SOAP binding §6; clients that did not ask for these headers refuse a reply with them.
const addressed = ({ messageId }: AddressedTo): string =>
  `<a:Action>${addressingNamespace}/soap/fault</a:Action>` +
  (messageId === null ? '' : `<a:RelatesTo>${escapeLoosely(messageId)}</a:RelatesTo>`) +
  `<a:To>${addressingNamespace}/anonymous</a:To>`;

const headed = (s: string, blocks: string): string =>
  `<${s}:Header xmlns:a="${addressingNamespace}">${blocks}</${s}:Header>`;
