// How the urls of a destination are looked after: by its own calls, and by probes where they are asked for.
import { z } from 'zod';
import { duration, text, timeout } from '../lib/schema.ts';
import type { Json } from '../../adapters/adapter.ts';

const aCount = 'a whole number above 0';
const count = z.int({ error: aCount }).min(1, { error: aCount });
const aStatus = 'a status such as 204, or 2xx';
const number = z.int({ error: aStatus }).min(100, { error: aStatus }).max(599, { error: aStatus });
const status = z.union(
  [number.transform(String), z.string({ error: aStatus }).regex(/^[1-5](?:\d\d|xx)$/, { error: aStatus })],
  { error: aStatus },
);
const aPath = 'a path such as /healthz';

const settings = z
  .strictObject({
    path: z
      .string({ error: aPath })
      .regex(/^\/[^\s#]*$/, { error: aPath })
      .optional()
      .meta({ description: 'Each url is asked for this by GET, in place of its own path.', examples: ['/healthz'] }),
    expect: z
      .union([status.transform((one) => [one]), z.array(status).min(1, { error: aStatus })], { error: aStatus })
      .default(['2xx'])
      .meta({ description: 'Status that says that all is well.', examples: ['2xx', [200, 401]] }),
    operation: text('the name of an operation')
      .optional()
      .meta({
        description:
          'Instead of `path`, for `soap`: an operation that only reads, asked with `input`. A value or a declared fault says that all is well.',
        examples: ['Ping'],
      }),
    input: z
      .record(z.string(), z.json())
      .optional()
      .transform((said) => said as Json | undefined)
      .meta({ description: 'What the operation is asked, in JSON.', examples: [{ orderId: 1 }] }),
    effect: z
      .literal('read')
      .optional()
      .meta({ description: 'The operation only reads, where no route says so of it.', examples: ['read'] }),
    every: timeout.prefault('5s').meta({
      unit: 'ms',
      description: 'Between two probes of a url, give or take a tenth.',
      examples: ['10s'],
    }),
    timeout: timeout
      .prefault('1s')
      .meta({ unit: 'ms', description: 'Within which a probe has to be answered.', examples: ['500ms'] }),
    unhealthyAfter: count
      .default(3)
      .meta({ unit: 'probes', description: 'So many in a row that fail leave a url out.', examples: [2] }),
    healthyAfter: count
      .default(2)
      .meta({ unit: 'probes', description: 'So many in a row that succeed take it back.', examples: [1] }),
    ejectAfter: count.default(5).meta({
      unit: 'calls',
      description: 'So many calls in a row that fail leave a url out; two connections do.',
      examples: [10],
    }),
    ejectFor: timeout.prefault('5s').meta({
      unit: 'ms',
      description:
        'How long, the first time; up to a quarter more by chance, and doubled each time in a row, at most 64-fold.',
      examples: ['10s'],
    }),
    slowStart: duration.prefault('10s').meta({
      unit: 'ms',
      description: 'Over which the share of a url grows once it is asked again.',
      examples: ['1m'],
    }),
  })
  .refine(({ path, operation }) => path === undefined || operation === undefined, {
    error: 'path or operation, not both',
  })
  .refine(({ operation, input, effect }) => operation !== undefined || (input === undefined && effect === undefined), {
    error: 'an operation beside input and effect',
  });

export const healthSetting = {
  health: settings.optional().meta({
    description:
      'Which of its urls are asked. Probes and calls each have a say; where all are left out all are asked, and no call goes to another destination for what a probe says.',
    examples: [
      { path: '/healthz', every: '5s' },
      { operation: 'Ping', input: {}, effect: 'read' },
    ],
  }),
};
