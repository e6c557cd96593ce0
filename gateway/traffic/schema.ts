// What decides on which side a call is answered. Each setting stands on a route (for all its operations) or on one operation.
import { z } from 'zod';
import { cohortSources, text, timeout, token, weight } from '../lib/schema.ts';
import type { CohortSource } from './traffic.ts';

const keys = z.array(text('a cohort key in quotes, such as "client-42"'), { error: 'a list of cohort keys' });

export const trafficSettings = {
  weight: weight.optional().meta({
    unit: '%',
    description: 'Share of calls answered by `modern`. 0 where nothing is said; two decimals.',
    examples: [0, 0.5, 25, 100],
  }),
  cohort: cohortSources.optional().meta({
    description:
      'What keeps one client on one side: the first of these that a call carries. `ip` where nothing is said. ' +
      'A call that carries none of them is drawn by itself.',
    examples: [['ip'], [{ soapHeader: 'ClientId' }, { header: 'X-Client-Id' }, 'ip']],
  }),
  salt: text('a text')
    .optional()
    .meta({
      description:
        'What is hashed with the cohort key, so that a rename keeps every client on its side: on a route its former name, ' +
        'on an operation `route/operation` as they were.',
      examples: ['orders', 'orders/GetOrder'],
    }),
  include: keys.optional().meta({
    description: 'Cohort keys that always go to `modern`.',
    examples: [['client-42']],
  }),
  exclude: keys.optional().meta({
    description: 'Cohort keys that never go to `modern`. Beats `include`.',
    examples: [['client-7']],
  }),
};

export type SessionSource = Extract<CohortSource, { readonly from: 'cookie' | 'header' | 'soapHeader' }>;

const session = z
  .strictObject({
    cookie: token('the name of a cookie')
      .optional()
      .meta({ description: 'A cookie of this name tells the session.', examples: ['ASP.NET_SessionId'] }),
    header: token('the name of a header')
      .optional()
      .meta({ description: 'A header of this name does.', examples: ['X-Session'] }),
    soapHeader: text('the local name of a SOAP header block')
      .optional()
      .meta({ description: 'A SOAP header block, or a member of one, does.', examples: ['SessionId'] }),
    idle: timeout.prefault('20m').meta({
      unit: 'ms',
      description: 'How long after its last call a session is over: as long as the services keep theirs, or longer.',
      examples: ['1h'],
    }),
  })
  .refine(
    ({ cookie, header, soapHeader }) => [cookie, header, soapHeader].filter((said) => said !== undefined).length === 1,
    { error: 'exactly one of cookie, header, soapHeader' },
  );

export type SaidSession = z.output<typeof session>;

export const sessionSource = ({ cookie, header, soapHeader = '' }: SaidSession): SessionSource => {
  if (cookie !== undefined) return { from: 'cookie', name: cookie };
  return header === undefined
    ? { from: 'soapHeader', name: soapHeader }
    : { from: 'header', name: header.toLowerCase() };
};

export const sessionSetting = {
  session: session.optional().meta({
    description:
      'What tells that calls belong together: all calls of a session, over all operations of the route, are answered by the side where it began. ' +
      'A new session goes to `modern` only if every operation lets it: by the least of their weights, 0 where one cannot be asked of `modern`. ' +
      'With several `urls` it stays at one of them.',
    examples: [{ cookie: 'ASP.NET_SessionId' }, { soapHeader: 'SessionId', idle: '1h' }],
  }),
};
