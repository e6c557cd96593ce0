// How a side is asked, and whether legacy may be asked after modern. On a route these are the defaults of its operations.
import { z } from 'zod';
import type { Calling } from '../../adapters/adapter.ts';
import { reasons } from '../../adapters/errors.ts';
import type { Reason } from '../../adapters/errors.ts';
import { share, token } from '../lib/schema.ts';

/** What asking twice does. */
const effects = ['read', 'idempotent', 'write'] as const;
export type Effect = (typeof effects)[number];

export interface FallbackSettings {
  /** Empty: none. */
  readonly on: readonly Reason[];
  /** Also from legacy to modern. */
  readonly reverse: boolean;
}

const fallback = z.union([
  z
    .literal('off', { error: 'off, or { on: [reason, …], reverse }' })
    .transform((): FallbackSettings => ({ on: [], reverse: false })),
  z
    .strictObject({
      on: z
        .array(z.enum(reasons))
        .min(1, { error: 'at least one reason, or fallback: off' })
        .default([...reasons])
        .meta({ description: 'Why the side that was asked failed.', examples: [['connect', 'timeout']] }),
      reverse: z
        .boolean()
        .default(false)
        .meta({
          description:
            'Also the other way round: where legacy fails a call that its weight sent there, `modern` is asked, by the very same rules, whatever the weight.',
          examples: [true],
        }),
    })
    .transform((said): FallbackSettings => said),
]);

const aRate = 'a number of calls a second, 0 or more';

const budget = z.strictObject({
  share: share(0)
    .prefault('20%')
    .meta({
      description: "Share of the route's calls of the last ten seconds that may be sent a second time.",
      examples: ['10%'],
    }),
  perSecond: z
    .number({ error: aRate })
    .min(0, { error: aRate })
    .default(10)
    .meta({
      unit: 'calls',
      description: 'So many more each second in any case, for routes with few calls.',
      examples: [2],
    }),
});

export type BudgetSettings = Readonly<z.output<typeof budget>>;

export const budgetSetting = {
  budget: budget.optional().meta({
    description:
      'How many calls may be sent a second time, to the other side. Past that they fail at once, with `Retry-After`. Calls of which the first side was not asked ' +
      "(breaker open, destination full, unfit for the contract) are not counted. No bound but legacy's `maxInFlight` where nothing is said.",
    examples: [{ share: '20%', perSecond: 10 }],
  }),
};

const aCall = 'a method and a path, such as GET /orders/{orderId}';

const aTreat =
  'a status from 400 to 599, a declared fault or a SOAP code, and what it means: answer, failure, client or a declared fault';

export const forwardSettings = {
  treat: z
    .record(
      z.string({ error: aTreat }).regex(/^([45]\d\d|(code:)?[A-Za-z_{][^\s]*)$/, { error: aTreat }),
      z.string({ error: aTreat }).min(1, { error: aTreat }),
    )
    .optional()
    .meta({
      description:
        "What replies of `modern` mean, for breaker, fallback and metrics alike. By a declared fault's name, a SOAP code (`Server`, " +
        '`Server.Busy`, `code:Busy` for one that is not of SOAP) or a status: `answer`, or `failure` of modern; a status may also be `client`. The ' +
        'narrowest holds: name, code, status. Where an operation is asked in JSON, a 4xx whose body does not tell may be a fault that the contract ' +
        'declares, or `client`; any other 4xx is a failure there.',
      examples: [
        { OrderNotFoundFault: 'answer', 404: 'failure' },
        { 404: 'OrderNotFoundFault', 409: 'client' },
      ],
    }),
  identity: z
    .enum(['ignore', 'forward'], { error: 'ignore or forward' })
    .optional()
    .meta({
      description:
        "What becomes of the caller's credentials where a call is translated. `forward`: Authorization goes on, and a " +
        'WS-Security UsernameToken with its password becomes Basic. `ignore`: they are dropped, and `modern` trusts the ' +
        'gateway. Where nothing is said, calls with WS-Security, NTLM or Negotiate stay with legacy, and others go on without. ' +
        'Where `modern` speaks what the client speaks, `forward` lets NTLM and Negotiate go to it.',
      examples: ['forward'],
    }),
  effect: z
    .enum(effects)
    .optional()
    .meta({
      description:
        'What asking twice does. A `write` is sent to a second destination only if not a byte of it reached the first. ' +
        'Where nothing is said: `write`; for operations named `GET /x`, by their method.',
      examples: ['read'],
    }),
  fallback: fallback.optional().meta({
    description:
      'For which failures of `modern` legacy is asked instead: all reasons where nothing is said; `off` for none.',
    examples: ['off', { on: ['connect', 'timeout', '5xx'] }, { reverse: true }],
  }),
};

const request = z
  .string({ error: aCall })
  .regex(/^[A-Z]+ \/\S*$/, { error: aCall })
  .meta({
    description:
      "Method and path, `{name}` being a member of the operation's input and `{soapHeader:Name}` a header block's text. " +
      'What stands nowhere else is in the body; methods without one (GET, DELETE) have to place every member.',
    examples: ['GET /orders/{orderId}?full=true'],
  });

const call = z.union([
  request.transform((said): Calling => ({ request: said, headers: {}, body: null })),
  z
    .strictObject({
      request,
      headers: z
        .record(token('the name of a header'), z.string({ error: 'a constant, {member} or {soapHeader:Name}' }))
        .default({})
        .meta({
          description: 'HTTP headers: a constant, `{name}`, or `{soapHeader:Name}`.',
          examples: [{ 'X-Tenant': '{soapHeader:Tenant}' }],
        }),
      body: z
        .string({ error: 'one member, such as {order}' })
        .regex(/^\{[^{}]+\}$/, { error: 'one member, such as {order}' })
        .transform((said) => said.slice(1, -1))
        .optional()
        .meta({
          description: 'The one member that is the body, instead of an object of all that stands nowhere else.',
          examples: ['{order}'],
        }),
    })
    .transform(({ body = null, ...said }): Calling => ({ ...said, body })),
]);

export const callSetting = {
  call: call.optional().meta({
    description:
      'Where the operation stands in HTTP: how `modern` is asked when it is an `http` destination, and where clients ask ' +
      'on a route of `protocol: rest`. `POST /{operation}` where nothing is said.',
    examples: [
      'GET /orders/{orderId}',
      { request: 'POST /orders', headers: { 'X-Tenant': '{soapHeader:Tenant}' }, body: '{order}' },
    ],
  }),
};
