// What decides on which side a call is answered. Each setting stands on a route (for all its operations) or on one operation.
import { z } from 'zod';
import { cohortSources, text, weight } from '../lib/schema.ts';

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
