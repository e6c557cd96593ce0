// A TLS client certificate, which the handshake has checked against `gateway.tls.clientCa`.
import type { Credential } from './schema.ts';
import { forbidden, unauthorized, type Rule } from './refusal.ts';

const missing = unauthorized(
  'certificate',
  'The call came without a TLS client certificate that is accepted here.',
  'Certificate',
);
const unknown = forbidden('certificate', 'The TLS client certificate of this connection is not let in here.');

export const clientCertificate = ({ fingerprints }: NonNullable<Credential['clientCertificate']>): Rule => {
  const known = fingerprints === null ? null : new Set(fingerprints);
  return ({ client }) => {
    const found = client.certificate();
    if (found === null) return missing;
    return known === null || known.has(found.replaceAll(':', '')) ? null : unknown;
  };
};
