// Who may call, and how often. On a route these hold for all its calls; an operation's own hold in addition.
import { z } from 'zod';
import { cohortSources, duration, text, token } from '../lib/schema.ts';

const fingerprint = z
  .string({ error: 'a SHA-256 fingerprint, such as AB:CD:…' })
  .regex(/^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$/, { error: 'a SHA-256 fingerprint of 32 bytes, such as AB:CD:…' })
  .transform((said) => said.replaceAll(':', '').toUpperCase());

const clientCertificate = z
  .union([
    z.literal(true, { error: 'true, or { fingerprints: [ … ] }' }).transform(() => ({ fingerprints: null })),
    z.strictObject({
      fingerprints: z
        .array(fingerprint)
        .min(1, { error: 'at least one fingerprint' })
        .meta({ description: 'SHA-256 fingerprints of the certificates that are let in.' }),
    }),
  ])
  .optional()
  .meta({
    description:
      'A TLS client certificate that `gateway.tls.clientCa` vouches for: `true` for any, or only those with these fingerprints.',
    examples: [true],
  });

const aKey = 'a key of at least 16 characters, or sha256: and 64 hexadecimal digits';
const apiKey = z
  .strictObject({
    header: token('the name of a header')
      .default('X-Api-Key')
      .meta({ description: 'The header that carries it.', examples: ['X-Api-Key'] }),
    keys: z
      .record(
        z.string(),
        z.string({ error: aKey }).regex(/^(sha256:[0-9A-Fa-f]{64}|(?!sha256:)[\u0021-\u007e]{16,})$/, { error: aKey }),
      )
      .refine((keys) => Object.keys(keys).length > 0, { error: 'at least one key' })
      .meta({
        description:
          'By the name of who has it: the key, best from the environment, or `sha256:` and its hash in hexadecimal.',
        examples: [{ 'team-a': '${TEAM_A_KEY}' }],
      }),
  })
  .optional()
  .meta({ description: 'A key of this list.' });

const aSource = 'an http or https URL, or the path of a file';
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
const jwt = z
  .strictObject({
    jwks: text(aSource).meta({
      description: 'Where the keys are (JWKS): a URL, or a file, relative to this one.',
      examples: ['https://login.example.com/.well-known/jwks.json'],
    }),
    issuer: text('an issuer').meta({ description: 'What `iss` must be.', examples: ['https://login.example.com/'] }),
    audience: text('an audience').meta({ description: 'What `aud` must hold.', examples: ['orders'] }),
    algorithms: z
      .array(z.enum(algorithms))
      .min(1, { error: 'at least one algorithm' })
      .default(['RS256', 'ES256'])
      .meta({ description: 'Signatures that are taken; no others, whatever the token says.', examples: [['RS256']] }),
    claims: z
      .record(z.string(), text('a value'))
      .default({})
      .meta({
        description: 'Claims a token must carry: a text, or a list or words of which this is one. Else 403.',
        examples: [{ scope: 'orders.write' }],
      }),
    leeway: duration.prefault('30s').meta({ unit: 'ms', description: 'How far clocks may differ.', examples: ['30s'] }),
  })
  .optional()
  .meta({
    description: 'A bearer token (JWT) in `Authorization`, signed by a key of `jwks`. It must have an end (`exp`).',
  });

const credential = z
  .strictObject({ clientCertificate, apiKey, jwt })
  .refine((said) => Object.values(said).some((one) => one !== undefined), {
    error: 'at least one of clientCertificate, apiKey, jwt',
  });

export const admissionSettings = {
  require: z
    .union([
      credential.transform((one) => [one]),
      z.array(credential).min(1, { error: 'at least one way to be let in' }),
    ])
    .optional()
    .meta({
      description:
        'What a caller must show: all that is named here, or, as a list, all of one entry. Else 401 or 403, as a fault for ' +
        'SOAP callers. On a route for every call; on an operation in addition, for each call in which its name occurs.',
      examples: [{ clientCertificate: true }],
    }),
  rateLimit: z
    .strictObject({
      calls: z
        .int({ error: 'a whole number above 0' })
        .min(1, { error: 'a whole number above 0' })
        .meta({ unit: 'calls', description: 'Calls that one cohort may make.', examples: [100] }),
      per: duration
        .refine((ms) => ms >= 100, { error: 'a duration of at least 100ms' })
        .meta({ unit: 'ms', description: 'In this time, from its first call on.', examples: ['1m'] }),
      by: cohortSources.optional().meta({
        description:
          'What a cohort is here; that of `cohort` where nothing is said. Calls without one count by address.',
        examples: [['ip'], ['apiKey']],
      }),
    })
    .optional()
    .meta({
      description:
        'More calls get 429, or a fault, with `Retry-After`. Each replica counts by itself. On a route for all its calls ' +
        'together; on an operation in addition.',
      examples: [{ calls: 100, per: '1m', by: 'apiKey' }],
    }),
};

export type Credential = Readonly<z.output<typeof credential>>;
export type RateLimit = NonNullable<z.output<typeof admissionSettings.rateLimit>>;
