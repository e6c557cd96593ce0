// A key of a list. Keys are compared by their hashes: how long a look-up takes tells nothing of a key.
import { hash } from 'node:crypto';
import type { Credential } from './schema.ts';
import { unauthorized, type Rule } from './refusal.ts';

const given = 'sha256:';

export const apiKey = ({ header, keys }: NonNullable<Credential['apiKey']>): Rule => {
  const name = header.toLowerCase();
  const hashes = new Set(
    Object.values(keys).map((key) =>
      key.startsWith(given) ? key.slice(given.length).toLowerCase() : hash('sha256', key),
    ),
  );
  const refused = unauthorized(
    'api-key',
    `The call has no valid API key; expected one in the header ${header}.`,
    'ApiKey',
  );
  return (call) => {
    const key = call.header(name);
    return key !== null && hashes.has(hash('sha256', key)) ? null : refused;
  };
};
