// What decides on which side a call is answered. Each setting stands on a route (for all its operations) or on one operation.
import { z } from 'zod';
import { text, token, weight } from '../lib/schema.ts';
import type { CohortSource } from './traffic.ts';

const words = ['ip', 'apiKey', 'basicUser', 'clientCertificate', 'wsUsername'] as const;
const aSource = `a cohort source: ${words.join(', ')}, or one of { header: NAME }, { cookie: NAME }, { query: NAME }, { soapHeader: NAME }, { apiKey: HEADER }`;

const named = (from: 'header' | 'cookie' | 'query' | 'soapHeader' | 'apiKey') =>
  z.strictObject({ [from]: from === 'query' || from === 'soapHeader' ? text('a name') : token('a name') });

const source = z
  .union([z.enum(words), named('header'), named('cookie'), named('query'), named('soapHeader'), named('apiKey')], {
    error: aSource,
  })
  .transform((said): CohortSource => {
    if (said === 'apiKey') return { from: 'apiKey', header: 'x-api-key' };
    if (typeof said === 'string') return { from: said };
    const [from, name = ''] = Object.entries(said)[0] ?? [];
    if (from === 'header') return { from, name: name.toLowerCase() };
    if (from === 'apiKey') return { from, header: name.toLowerCase() };
    return { from: from as 'cookie' | 'query' | 'soapHeader', name };
  });

const keys = z.array(text('a cohort key in quotes, such as "client-42"'), { error: 'a list of cohort keys' });

export const trafficSettings = {
  weight: weight.optional().meta({
    unit: '%',
    description: 'Share of calls answered by `modern`. 0 where nothing is said; two decimals.',
    examples: [0, 0.5, 25, 100],
  }),
  cohort: z
    .union([source.transform((one) => [one]), z.array(source).min(1, { error: 'at least one cohort source' })])
    .optional()
    .meta({
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
