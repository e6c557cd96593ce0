// How one kind of SOAP server writes what the schema leaves open. Some clients show it, so it must be the legacy's.
import type { SoapVersion } from './namespaces.ts';

/** Fault codes as they stand in the text, prefix and all (`s:Client`): some clients show that, and their callers compare it. */
export interface FaultCodes {
  readonly client: string;
  readonly server: string;
  /** What a fault that the contract declares is sent with. */
  readonly declared: string;
}

export interface Dialect {
  readonly envelopePrefix: string;
  /** Does `<?xml version="1.0" encoding="utf-8"?>` come first? */
  readonly declaration: boolean;
  /** `xml:lang` of a fault's text. */
  readonly lang: string;
  readonly faultCodes: Readonly<Record<SoapVersion, FaultCodes>>;
}

/** WCF, text encoding; `FaultException<T>` without a code of its own. */
export const wcf: Dialect = Object.freeze({
  envelopePrefix: 's',
  declaration: false,
  lang: 'en-US',
  faultCodes: {
    '1.1': { client: 's:Client', server: 's:Server', declared: 's:Client' },
    '1.2': { client: 's:Sender', server: 's:Receiver', declared: 's:Sender' },
  },
});

/** Content type of a reply; exactly so, for clients compare it. */
export const contentTypeOf: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'text/xml; charset=utf-8',
  '1.2': 'application/soap+xml; charset=utf-8',
};
