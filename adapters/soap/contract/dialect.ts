// How one kind of SOAP server writes what the schema leaves open. Some clients show it, so it must be the legacy's.
import type { SoapVersion } from './xml/namespaces.ts';

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
  /** `xml:lang` of a fault's text; null: SOAP 1.1 faults have none (1.2 requires one, and gets `en`). */
  readonly lang: string | null;
  readonly faultCodes: Readonly<Record<SoapVersion, FaultCodes>>;
  /** Content type of a reply; exactly so, for clients compare it. */
  readonly contentType: Readonly<Record<SoapVersion, string>>;
}

const contentType = { '1.1': 'text/xml; charset=utf-8', '1.2': 'application/soap+xml; charset=utf-8' } as const;

const codes = (prefix: string, declared: 'client' | 'server'): Dialect['faultCodes'] => {
  const [client, server, sender, receiver] = ['Client', 'Server', 'Sender', 'Receiver'].map(
    (local) => `${prefix}:${local}`,
  ) as [string, string, string, string];
  return {
    '1.1': { client, server, declared: declared === 'client' ? client : server },
    '1.2': { client: sender, server: receiver, declared: declared === 'client' ? sender : receiver },
  };
};

/** WCF, text encoding; `FaultException<T>` without a code of its own. */
export const wcf: Dialect = Object.freeze({
  envelopePrefix: 's',
  declaration: false,
  lang: 'en-US',
  faultCodes: codes('s', 'client'),
  contentType,
});

/** ASMX: `SoapException`, whose code is the server's unless it was thrown with another. */
const asmx: Dialect = Object.freeze({
  envelopePrefix: 'soap',
  declaration: true,
  lang: null,
  faultCodes: codes('soap', 'server'),
  contentType,
});

/** The reference implementation of JAX-WS, in which declared faults are the server's too. */
const jaxWs: Dialect = Object.freeze({
  envelopePrefix: 'S',
  declaration: true,
  lang: null,
  faultCodes: codes('S', 'server'),
  contentType: { '1.1': 'text/xml;charset=utf-8', '1.2': 'application/soap+xml;charset=utf-8' },
});

/** Dialects by the names that the configuration has for them. */
export const dialects: ReadonlyMap<string, Dialect> = new Map([
  ['wcf', wcf],
  ['asmx', asmx],
  ['jax-ws', jaxWs],
]);

/** A dialect with another prefix for the envelope: fault codes follow it. */
export const withPrefix = (dialect: Dialect, prefix: string): Dialect => {
  const renamed = (code: string): string => `${prefix}:${code.slice(code.indexOf(':') + 1)}`;
  const all = ({ client, server, declared }: FaultCodes): FaultCodes => ({
    client: renamed(client),
    server: renamed(server),
    declared: renamed(declared),
  });
  const { faultCodes } = dialect;
  return {
    ...dialect,
    envelopePrefix: prefix,
    faultCodes: { '1.1': all(faultCodes['1.1']), '1.2': all(faultCodes['1.2']) },
  };
};
