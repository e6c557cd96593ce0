// Settings of the places that calls can go, by adapter.
import { z } from 'zod';
import { headersSetting } from '../headers/schema.ts';
import { retriesSetting } from '../guard/again/schema.ts';
import { breakerSetting, bulkheadSettings } from '../guard/schema.ts';
import { healthSetting } from './health.ts';
import { text, timeout } from '../lib/schema.ts';

const aUrl = 'an http or https URL without user, query and fragment, such as http://127.0.0.1:7001/OrderService.svc';

const isPlainUrl = (value: string): boolean => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !/^https?:\/\//i.test(value)) return false;
  return url.username === '' && url.password === '' && !/[?#\s]/.test(value);
};

const anyDestination = {
  timeout: timeout.prefault('30s').meta({
    unit: 'ms',
    description: 'Longest wait for the first byte of a reply, and then between two bytes.',
    examples: ['2s'],
  }),
  ...bulkheadSettings,
  ...breakerSetting,
  ...retriesSetting,
};

const user = text('a user name').meta({ description: 'The user.', examples: ['gateway'] });
const aSecret = text('a secret, such as ${LEGACY_PASSWORD}');
const password = aSecret
  .optional()
  .meta({ description: 'The password; or `passwordFile`.', examples: ['${LEGACY_PASSWORD}'] });
const passwordFile = text('the path of a file')
  .optional()
  .meta({ description: 'A file that holds the password, relative to this file.', examples: ['/run/secrets/legacy'] });

/** Exactly one of two ways to give a secret. */
const one = (value: object, ...keys: readonly string[]): boolean => keys.filter((key) => key in value).length === 1;

const auth = z
  .strictObject({
    basic: z
      .strictObject({ user, password, passwordFile })
      .refine((said) => one(said, 'password', 'passwordFile'), { error: 'password or passwordFile' })
      .optional()
      .meta({ description: 'HTTP Basic.' }),
    bearer: z
      .strictObject({
        token: aSecret.optional().meta({ description: 'The token; or `tokenFile`.', examples: ['${LEGACY_TOKEN}'] }),
        tokenFile: text('the path of a file')
          .optional()
          .meta({ description: 'A file that holds the token.', examples: ['/run/secrets/token'] }),
      })
      .refine((said) => one(said, 'token', 'tokenFile'), { error: 'token or tokenFile' })
      .optional()
      .meta({ description: 'A bearer token.' }),
    usernameToken: z
      .strictObject({
        user,
        password,
        passwordFile,
        send: z
          .enum(['text', 'digest'])
          .default('text')
          .meta({
            description: 'The password itself, or a digest of it with a nonce and the time.',
            examples: ['digest'],
          }),
        timestamp: z
          .boolean()
          .default(true)
          .meta({ description: 'A Timestamp beside it.', examples: [false] }),
      })
      .refine((said) => one(said, 'password', 'passwordFile'), { error: 'password or passwordFile' })
      .optional()
      .meta({ description: 'WS-Security UsernameToken; soap only.' }),
    signature: z
      .strictObject({
        cert: text('the path of a PEM file').meta({ description: 'The certificate.', examples: ['tls/gateway.pem'] }),
        key: text('the path of a PEM file').meta({
          description: 'Its private RSA key.',
          examples: ['tls/gateway.key'],
        }),
        passphrase: aSecret.optional().meta({ description: "The key's passphrase.", examples: ['${KEY_PASSPHRASE}'] }),
      })
      .optional()
      .meta({ description: 'WS-Security X.509: Body and Timestamp are signed; soap only.' }),
  })
  .refine((said) => Object.keys(said).length === 1, {
    error: 'exactly one of basic, bearer, usernameToken, signature',
  });

const aHostName = 'a host name, such as orders.internal';

const tls = z
  .strictObject({
    ca: text('the path of a PEM file')
      .optional()
      .meta({
        description: 'Authorities that may vouch for its certificate, instead of the well-known ones.',
        examples: ['tls/legacy-ca.pem'],
      }),
    cert: text('the path of a PEM file')
      .optional()
      .meta({
        description: 'Certificate that the gateway shows it (mutual TLS), for all clients alike; with `key`.',
        examples: ['tls/gateway.pem'],
      }),
    key: text('the path of a PEM file')
      .optional()
      .meta({ description: "The certificate's private key, without a passphrase.", examples: ['tls/gateway.key'] }),
    servername: z
      .string({ error: aHostName })
      .regex(/^(?=.*[A-Za-z])[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, { error: aHostName })
      .optional()
      .meta({
        description:
          'Name that is asked for (SNI) and that its certificate must have; the host of `url` where nothing is said.',
        examples: ['orders.internal'],
      }),
  })
  .refine((said) => (said.cert === undefined) === (said.key === undefined), { error: 'cert and key, or neither' })
  .refine((said) => Object.keys(said).length > 0, { error: 'ca, cert and key, or servername' });

const plainUrl = z.string({ error: aUrl }).refine(isPlainUrl, { error: aUrl });

/** `url`, or `urls`. */
const placed = (check: z.core.ParsePayload<{ url?: string | undefined; urls?: string[] | undefined }>): void => {
  const { url, urls } = check.value;
  if ((url === undefined) !== (urls === undefined)) return;
  const at = url === undefined ? 'url' : 'urls';
  const message = url === undefined ? `${aUrl}; or urls` : 'url or urls, not both';
  check.issues.push({ code: 'custom', path: [at], message, input: check.value });
};

const overNetwork = {
  auth: auth.optional().meta({
    description:
      'Who the gateway is to this destination, on calls that it makes itself: REST to SOAP, SOAP to JSON. What is relayed ' +
      'as it came keeps the credentials that it came with.',
  }),
  url: plainUrl.optional().meta({
    description:
      "Where it listens. A path here replaces what the route's `match.path` covers (without `/**`); without one the path stays as it came.",
    examples: ['http://127.0.0.1:7001/OrderService.svc'],
  }),
  urls: z
    .array(plainUrl, { error: 'a list of urls' })
    .min(1, { error: 'at least one url' })
    .optional()
    .meta({
      description:
        'Instead of `url`: several places where the same service listens, with one scheme and one path. A call goes where the fewest are under way; a url that fails is left out for a while.',
      examples: [['http://10.0.0.1:7001/OrderService.svc', 'http://10.0.0.2:7001/OrderService.svc']],
    }),
  ...healthSetting,
  tls: tls.optional().meta({
    description:
      'How an https `url` is met. Its certificate is always checked. Files are relative to this file; new ones are taken as soon as they are there.',
  }),
  headers: headersSetting('all calls to it', 'its replies').meta({
    description:
      "Header lines that are set or removed, over those of the route. Replies that are translated have none of the destination's.",
    examples: [{ request: { set: { 'X-Api-Key': '${LEGACY_KEY}' } } }],
  }),
  requestFraming: z
    .enum(['same', 'length'])
    .default('same')
    .meta({
      description:
        '`length`: it takes no chunked requests. Chunked bodies are held, up to 16 MiB, and go on with `Content-Length`; larger ones get 411.',
      examples: ['length'],
    }),
  connectTimeout: timeout.prefault('2s').meta({
    unit: 'ms',
    description: 'Longest wait for a connection, TLS included.',
    examples: ['500ms'],
  }),
  forwarded: z
    .enum(['none', 'forwarded', 'x-forwarded', 'both'], { error: 'none, forwarded, x-forwarded or both' })
    .default('none')
    .meta({
      description:
        'What it is told of where a call comes from, where the call does not say it yet: `Forwarded` (RFC 7239), `X-Forwarded-For`, `-Proto` and `-Host`, or both. ' +
        'What a call says already is extended if it comes from `trustedProxies`, and replaced by what is so if not, in any case.',
      examples: ['forwarded'],
    }),
  host: z
    .enum(['client', 'destination'])
    .default('client')
    .meta({
      description: 'Whose name the `Host` header carries: the one the client asked for, or the host of `url`.',
      examples: ['destination'],
    }),
  keepAlive: z
    .boolean()
    .default(true)
    .meta({
      description: 'Use a connection for more than one call.',
      examples: [false],
    }),
};

const soap = z
  .strictObject({
    adapter: z.literal('soap').meta({ description: 'A SOAP, WCF or ASMX service.' }),
    ...overNetwork,
    wsdl: text('the path of a WSDL file')
      .refine((path) => !/^https?:/i.test(path), {
        error: 'the path of a WSDL file; strangler import URL --out FOLDER saves one',
      })
      .optional()
      .meta({
        description: 'Its contract: a snapshot in git, relative to this file. Needed as soon as operations are named.',
        examples: ['contracts/OrderService.wsdl'],
      }),
    soapVersion: z
      .enum(['1.1', '1.2'], { error: "'1.1' or '1.2', in quotes" })
      .default('1.1')
      .meta({ description: 'The version of SOAP in which the gateway itself asks (REST to SOAP).', examples: ['1.2'] }),
    addressing: z
      .boolean()
      .default(false)
      .meta({
        description: 'The gateway’s own calls carry WS-Addressing 1.0 headers, as wsHttpBinding wants them.',
        examples: [true],
      }),
    rewriteTo: z
      .boolean()
      .default(false)
      .meta({
        description:
          'It compares `wsa:To` with its own address: that of calls that are relayed is made so, unless something in the header is signed or encrypted.',
        examples: [true],
      }),
    dialect: text('wcf, asmx, jax-ws, or the path of a recorded reply')
      .default('wcf')
      .meta({
        description:
          'How it writes what its contract leaves open, in replies that modern answers: `wcf`, `asmx`, `jax-ws`, or the path of a reply it once sent (best a fault, as `curl -i` saves it), relative to this file.',
        examples: ['asmx', 'contracts/fault.http'],
      }),
    ...anyDestination,
  })
  .check(placed);

const http = z
  .strictObject({
    adapter: z.literal('http').meta({ description: 'Any HTTP service.' }),
    ...overNetwork,
    ...anyDestination,
  })
  .check(placed);

const handler = z.strictObject({
  adapter: z.literal('handler').meta({ description: "A module that runs in the gateway's own process." }),
  module: text('the path of a module').meta({
    description: 'The module, relative to this file.',
    examples: ['./examples/orders/handlers.ts'],
  }),
  ...anyDestination,
});

export const destinationSchema = z.discriminatedUnion('adapter', [soap, http, handler]);

/** Values of `dialect` that are no path. */
export const namedDialects: ReadonlySet<string> = new Set(['wcf', 'asmx', 'jax-ws']);

/** Durations in milliseconds; `wsdl`, `dialect` and `module` as absolute paths once loaded. */
export type DestinationSettings = Placed<Readonly<z.output<typeof destinationSchema>>>;

/** `url` is the first of `urls`, where those are said. */
type Placed<T> = T extends { readonly adapter: 'handler' } ? T : Omit<T, 'url'> & { readonly url: string };

export const settleDestination = (said: Readonly<z.output<typeof destinationSchema>>): DestinationSettings =>
  said.adapter === 'handler' ? said : { ...said, url: said.url ?? said.urls?.[0] ?? '' };
