// The whole file, assembled from the folders' slices. The only statement of its settings: types, checks, defaults, the JSON
// Schema for editors and docs/reference/config.md come from here.
import { isIP } from 'node:net';
import { z } from 'zod';
import { admissionSettings } from '../admission/schema.ts';
import { cacheSettings, invalidatesSetting } from '../cache/schema.ts';
import { hedgeSetting, retriesSetting } from '../guard/again/schema.ts';
import { timeSettings } from '../guard/time/schema.ts';
import { breakerSetting, prioritySetting } from '../guard/schema.ts';
import { budgetSetting, callSetting, forwardSettings } from '../forward/schema.ts';
import { headersSetting } from '../headers/schema.ts';
import { duration, size, text, timeout } from '../lib/schema.ts';
import { matchSchema, rewriteSchema } from '../routing/schema.ts';
import { stateSetting } from '../state/schema.ts';
import { sessionSetting, trafficSettings } from '../traffic/schema.ts';
import { destinationSchema } from './destinations.ts';

const anAddress = 'host:port, such as 127.0.0.1:8080';

const splitAddress = (said: string): { host: string; port: number } => {
  const [, bracketed, bare, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(said) ?? [];
  return { host: bracketed ?? bare ?? '', port: Number(port) };
};

/** `127.0.0.1:8080` → host and port; port 0 lets the system choose. */
const address = z
  .string({ error: anAddress })
  .regex(/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, { error: anAddress })
  .transform(splitAddress)
  .refine(({ port }) => port <= 65_535, { error: 'a port from 0 to 65535' });

const aNetwork = 'an address or a network, such as 10.0.0.0/8';

const isNetwork = (said: string): boolean => {
  const [base = '', bits, ...rest] = said.split('/');
  const version = isIP(base);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
};

const file = (what: string) => text(`the path of ${what}`);

const aPublicUrl = 'an http or https URL without query, such as https://api.example.com';

const isPublicUrl = (said: string): boolean => {
  const url = URL.parse(said);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return false;
  // It is written into XML as it is.
  return !/[?#&<>"'\s]/.test(said);
};

const gatewaySchema = z.strictObject({
  listen: address.prefault('127.0.0.1:8080').meta({
    description: 'Where clients come in. A change needs a restart.',
    examples: ['0.0.0.0:8080'],
  }),
  publicUrl: z
    .string({ error: aPublicUrl })
    .refine(isPublicUrl, { error: aPublicUrl })
    .transform((said) => new URL(said).href.replace(/\/+$/, ''))
    .optional()
    .meta({
      description:
        "What WSDLs and other metadata announce instead of the legacy service's own address. Where nothing is said: where each client came in, by its `Host` or by what `trustedProxies` say in `X-Forwarded-Proto`, `-Host`, `-Port` and `-Prefix`, or in `Forwarded`.",
      examples: ['https://api.example.com'],
    }),
  health: address.optional().meta({
    description:
      'A listener for `/healthz`, `/readyz` and `/metrics` only, for balancers and Prometheus. Off unless set.',
    examples: ['0.0.0.0:8081'],
  }),
  admin: address.prefault('127.0.0.1:9090').meta({
    description: 'The same, and API and dashboard. A change needs a restart.',
    examples: ['127.0.0.1:9090'],
  }),
  trustedProxies: z
    .array(z.string({ error: aNetwork }).refine(isNetwork, { error: aNetwork }))
    .default([])
    .meta({
      description: "Networks whose `X-Forwarded-*` or `Forwarded` is believed; nobody's where nothing is said.",
      examples: [['10.0.0.0/8']],
    }),
  pins: z
    .strictObject({
      secret: z
        .string({ error: 'a secret of at least 16 characters' })
        .min(16, {
          error: 'a secret of at least 16 characters',
        })
        .meta({
          description: 'Signs the header with which a tester pins a call to one side.',
          examples: ['${PIN_SECRET}'],
        }),
    })
    .optional()
    .meta({ description: "Testers' signed headers; not honoured unless set." }),
  tls: z
    .strictObject({
      cert: file('a PEM file').meta({
        description: 'Certificate chain, relative to this file.',
        examples: ['tls/cert.pem'],
      }),
      key: file('a PEM file').meta({ description: 'Its private key.', examples: ['tls/key.pem'] }),
      clientCa: file('a PEM file')
        .optional()
        .meta({ description: 'Authorities whose client certificates are accepted.', examples: ['tls/clients.pem'] }),
    })
    .optional()
    .meta({ description: 'TLS on `listen`; plain HTTP unless set.' }),
  http2: z
    .boolean()
    .default(false)
    .meta({
      description: 'Clients may also speak HTTP/2, over TLS; destinations are asked in HTTP/1.1 all the same.',
      examples: [true],
    }),
  proxyProtocol: z
    .boolean()
    .default(false)
    .meta({
      description:
        'Connections from `trustedProxies` begin with a PROXY protocol header (v1 or v2), which tells the client; without a ' +
        'proper one they are closed. Others must not send one.',
      examples: [true],
    }),
  limits: z
    .strictObject({
      connections: z
        .int({ error: 'a whole number above 0' })
        .min(1, { error: 'a whole number above 0' })
        .default(10_000)
        .meta({
          unit: 'connections',
          description: 'Open at the same time; one more is closed at once.',
          examples: [2000],
        }),
      header: size.prefault('64kb').meta({
        unit: 'bytes',
        description: 'A request head: its first line and all headers. More gets 431. Kerberos tickets reach some 48kb.',
        examples: ['32kb'],
      }),
      uri: size.prefault('16kb').meta({
        unit: 'bytes',
        description: 'A request target: path and query. More gets 414.',
        examples: ['4kb'],
      }),
      headTimeout: timeout.prefault('10s').meta({
        unit: 'ms',
        description:
          'Time for a TLS handshake, a PROXY header or a request head to come in. More gets 408, or is closed.',
        examples: ['5s'],
      }),
      requestTimeout: timeout.prefault('5m').meta({
        unit: 'ms',
        description: 'Time for a whole request to come in, head and body. More gets 408.',
        examples: ['1m'],
      }),
      replyTimeout: timeout.prefault('1m').meta({
        unit: 'ms',
        description:
          'Time in which a client may take nothing of its reply. More, and its connection ends: it would keep a place at the destination.',
        examples: ['30s'],
      }),
      held: size.prefault('256mb').meta({
        unit: 'bytes',
        description:
          'Memory for bodies that are kept while they are sent, so that another side can be asked for them; 1mb a call at most. What finds no room is sent on and has no second try. Bodies that are read before they go anywhere may take as much, past 64kb each; what finds no room then is turned away with 503. A change is in force at once.',
        examples: ['64mb'],
      }),
      idleTimeout: timeout.prefault('75s').meta({
        unit: 'ms',
        description: "Time that a client's connection is kept without a call.",
        examples: ['30s'],
      }),
    })
    .prefault({})
    .meta({ description: 'Bounds for clients, before any route. A change needs a restart, except of `held`.' }),
  cache: z
    .strictObject({
      memory: size.prefault('64mb').meta({
        unit: 'bytes',
        description:
          'What kept answers may take in this process. An eighth of it, 16 MB at most, is for what the calls were found to ask.',
        examples: ['256mb'],
      }),
    })
    .prefault({})
    .meta({ description: 'Where answers are kept. A change needs a restart.' }),
  killFile: file('a file')
    .optional()
    .meta({
      description:
        'While this file is there, all calls go to legacy, or those it names, one `route` or `route.operation` a line. A change of its name needs a restart.',
      examples: ['/run/strangler/kill'],
    }),
  drain: duration.prefault('5s').meta({
    unit: 'ms',
    description: 'At a stop: time between a failing `/readyz` and the end of listening.',
    examples: ['10s'],
  }),
});

const operationSchema = z.strictObject({
  ...forwardSettings,
  ...timeSettings,
  ...retriesSetting,
  ...hedgeSetting,
  ...breakerSetting,
  ...prioritySetting,
  ...callSetting,
  ...trafficSettings,
  ...admissionSettings,
  ...cacheSettings,
  ...invalidatesSetting,
});

/** An operation of which nothing is said is one with all defaults. */
const operation = operationSchema.nullable().transform((said) => said ?? operationSchema.parse({}));

const operations = z.union([
  z.strictObject({
    from: text('the name of a route').meta({
      description: 'A route whose operations these are.',
      examples: ['orders'],
    }),
  }),
  z.record(z.string(), operation),
]);

const routeSchema = z.strictObject({
  match: matchSchema.meta({
    description: 'Which calls it takes. The most specific route wins, whatever the order in the file.',
  }),
  protocol: z
    .enum(['soap', 'rest', 'http'])
    .default('http')
    .meta({
      description:
        'How its clients speak: `soap`; `rest`, which offers the operations of a SOAP contract in JSON; `http`, which ' +
        'goes on as it came.',
      examples: ['soap'],
    }),
  contract: text('the name of a destination with a wsdl')
    .optional()
    .meta({
      description:
        "With `protocol: rest`, the destination whose WSDL has the operations; `legacy`'s or `modern`'s where nothing is said.",
      examples: ['orders-legacy'],
    }),
  paths: z
    .enum(['iis', 'exact'])
    .optional()
    .meta({
      description:
        'How paths are compared: `iis` without case and with suffixes (`/ws`, `/mex`), which is the default of `protocol: soap`; `exact` as written.',
      examples: ['exact'],
    }),
  legacy: text('the name of a destination')
    .optional()
    .meta({
      description: 'The destination that answers until `modern` does; without it the route is retired.',
      examples: ['orders-legacy'],
    }),
  modern: text('the name of a destination')
    .optional()
    .meta({ description: 'The destination that calls are moved to.', examples: ['orders-modern'] }),
  rewrite: rewriteSchema.optional().meta({
    description:
      'What destinations have in place of a part of the path, where their `url` has none. Replies follow: Location, cookies, addresses in metadata.',
    examples: [{ prefix: '/legacy', to: '/' }],
  }),
  ...forwardSettings,
  ...timeSettings,
  ...retriesSetting,
  ...hedgeSetting,
  ...budgetSetting,
  ...breakerSetting,
  ...prioritySetting,
  ...trafficSettings,
  ...sessionSetting,
  ...admissionSettings,
  ...cacheSettings,
  mismatch: z
    .enum(['legacy', 'refuse'])
    .default('legacy')
    .meta({
      description:
        'What becomes of a call whose names for its operation disagree: legacy answers, or a Client fault. Never modern.',
      examples: ['refuse'],
    }),
  dispatch: z
    .enum(['both', 'action', 'payload'])
    .default('both')
    .meta({
      description:
        "What names the operation: action and body, which must agree; or only the action; or only the body's first element.",
      examples: ['payload'],
    }),
  errors: z
    .enum(['fault', 'status'], { error: 'fault or status' })
    .default('fault')
    .meta({
      description:
        "How the gateway's own errors reach SOAP callers. `fault`: with HTTP 500, whose body .NET reads. `status`: with 503 where nobody can be asked, and 504 where time ran out; .NET throws ServerTooBusyException and TimeoutException for these, and reads no body. Errors that are not these two stay 500.",
      examples: ['status'],
    }),
  headers: headersSetting(
    'calls of this route, wherever they go',
    'its answers, those of the gateway itself included',
  ).meta({
    description: 'Header lines that are set or removed.',
    examples: [{ request: { set: { 'X-Tenant': 'north' } }, response: { remove: ['X-Powered-By'] } }],
  }),
  decisionHeader: z
    .boolean()
    .default(false)
    .meta({
      description: 'Answers carry `X-Strangler-Decision: orders/GetOrder; side=modern; reason=weight; revision=7`.',
      examples: [true],
    }),
  limits: z
    .strictObject({
      prefix: size.prefault('512kb').meta({
        unit: 'bytes',
        description:
          'How much of a body is read to decide its operation; past that it is undecided and goes to legacy.',
        examples: ['1mb'],
      }),
      body: size.optional().meta({
        unit: 'bytes',
        description: 'A body; more gets 413, as a fault for SOAP callers. No bound where nothing is said.',
        examples: ['10mb'],
      }),
      header: size.optional().meta({
        unit: 'bytes',
        description:
          'All headers of a call; more gets 431, as a fault for SOAP callers. At most `gateway.limits.header`.',
        examples: ['16kb'],
      }),
    })
    .prefault({})
    .meta({ description: 'Bounds.' }),
  operations: operations.optional().meta({
    description:
      'By name: as the WSDL has it, or `GET /orders/{id}` on routes that are not SOAP. `{ from: route }` shares the entries of another route.',
    examples: [{ GetOrder: { effect: 'read', weight: 25 } }, { from: 'orders' }],
  }),
});

export const fileSchema = z.strictObject({
  version: z
    .literal(1)
    .default(1)
    .meta({ description: 'Version of this format.', examples: [1] }),
  gateway: gatewaySchema.prefault({}).meta({ description: 'The process itself.' }),
  state: stateSetting,
  destinations: z
    .record(z.string(), destinationSchema)
    .default({})
    .meta({ description: 'Places that calls can go, by name.' }),
  routes: z
    .record(z.string(), routeSchema)
    .default({})
    .meta({ description: 'Rules that take calls, by name (no dots).' }),
});

/** The file with defaults filled in and units converted; what routes pass on to operations is not yet settled. */
export type FileSettings = z.output<typeof fileSchema>;
export type GatewaySettings = Readonly<z.output<typeof gatewaySchema>>;
export type SaidRoute = z.output<typeof routeSchema>;
export type SaidOperation = z.output<typeof operationSchema>;
