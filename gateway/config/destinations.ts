// Settings of the places that calls can go, by adapter.
import { z } from 'zod';
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
  maxInFlight: z
    .int({ error: 'a whole number above 0' })
    .min(1, { error: 'a whole number above 0' })
    .optional()
    .meta({
      unit: 'calls',
      description:
        'Calls under way at the same time; one more is refused with reason `full`. No bound where nothing is said.',
      examples: [200],
    }),
};

const overNetwork = {
  url: z
    .string({ error: aUrl })
    .refine(isPlainUrl, { error: aUrl })
    .meta({
      description:
        "Where it listens. A path here replaces what the route's `match.path` covers (without `/**`); without one the path stays as it came.",
      examples: ['http://127.0.0.1:7001/OrderService.svc'],
    }),
  connectTimeout: timeout.prefault('2s').meta({
    unit: 'ms',
    description: 'Longest wait for a connection, TLS included.',
    examples: ['500ms'],
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

const soap = z.strictObject({
  adapter: z.literal('soap').meta({ description: 'A SOAP, WCF or ASMX service.' }),
  ...overNetwork,
  wsdl: text('the path of a WSDL file')
    .optional()
    .meta({
      description: 'Its contract: a snapshot in git, relative to this file. Needed as soon as operations are named.',
      examples: ['contracts/OrderService.wsdl'],
    }),
  dialect: text('wcf, asmx, jax-ws, or the path of a recorded reply')
    .default('wcf')
    .meta({
      description:
        'How it writes what its contract leaves open, in replies that modern answers: `wcf`, `asmx`, `jax-ws`, or the path of a reply it once sent (best a fault, as `curl -i` saves it), relative to this file.',
      examples: ['asmx', 'contracts/fault.http'],
    }),
  ...anyDestination,
});

const http = z.strictObject({
  adapter: z.literal('http').meta({ description: 'Any HTTP service.' }),
  ...overNetwork,
  ...anyDestination,
});

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
export type DestinationSettings = Readonly<z.output<typeof destinationSchema>>;
