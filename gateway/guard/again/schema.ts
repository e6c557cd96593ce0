// Asking a destination once more: after a failure (retries), or because it takes long (hedge).
import { z } from 'zod';
import type { Reason } from '../../../adapters/errors.ts';
import { timeout } from '../../lib/schema.ts';

const aShare = 'a share up to 100%, such as 10%';
const aCount = 'a whole number from 1 to 5';
const count = z.int({ error: aCount }).min(1, { error: aCount }).max(5, { error: aCount });

/** What asking the same once more may mend. */
const mendable = ['connect', 'timeout', 'reset', 'truncated', '5xx', 'full'] as const satisfies readonly Reason[];
const usual: readonly Reason[] = ['connect', 'reset', '5xx'];

export interface Allowance {
  /** Second sends for each call of the last 10 s, 0 … 1. */
  readonly share: number;
  /** Second sends in 10 s that are allowed in any case. */
  readonly floor: number;
}

export interface RetrySettings extends Allowance {
  /** At most, after the first. */
  readonly attempts: number;
  readonly on: ReadonlySet<Reason>;
  /** Milliseconds before the first; doubled before each further one. */
  readonly backoff: number;
  /** Milliseconds that are waited at most, whatever the destination asks for. */
  readonly longest: number;
}

export interface HedgeSettings extends Allowance {
  /** Milliseconds without a reply's head. */
  readonly after: number;
}

const allowance = {
  budget: z
    .string({ error: aShare })
    .regex(/^\d{1,3}(\.\d{1,2})?%$/, { error: aShare })
    .transform((said) => Number(said.slice(0, -1)) / 100)
    .refine((share) => share <= 1, { error: aShare })
    .prefault('10%')
    .meta({
      description:
        'Second sends to a destination, for retries and hedges together, as a share of its calls of the last 10 s: a destination in trouble is not given more of it.',
      examples: ['20%'],
    }),
  floor: z
    .int({ error: 'a whole number' })
    .min(0, { error: 'a whole number' })
    .default(3)
    .meta({
      unit: 'sends',
      description: 'Second sends in 10 s that are allowed in any case, for where calls are few.',
      examples: [10],
    }),
};

const retries = z
  .strictObject({
    attempts: count.default(1).meta({ unit: 'sends', description: 'At most, after the first.', examples: [2] }),
    on: z
      .array(z.enum(mendable))
      .min(1, { error: 'at least one reason, or retries: off' })
      .default([...usual] as (typeof mendable)[number][])
      .meta({ description: 'Failures that are tried again.', examples: [['connect', 'reset', 'timeout']] }),
    backoff: timeout.prefault('25ms').meta({
      unit: 'ms',
      description: 'Wait before the first, doubled before each further one; by chance down to half of that.',
      examples: ['100ms'],
    }),
    longest: timeout.prefault('1s').meta({
      unit: 'ms',
      description: 'Longest wait. A destination that asks for more by `Retry-After` is not tried again.',
      examples: ['5s'],
    }),
    ...allowance,
  })
  .transform(({ on, budget: share, ...said }): RetrySettings => ({ ...said, on: new Set(on), share }));

const hedge = z
  .strictObject({
    after: timeout.meta({
      unit: 'ms',
      description: 'Time without the head of a reply after which a second one is asked for.',
      examples: ['200ms'],
    }),
    ...allowance,
  })
  .transform(({ budget: share, ...said }): HedgeSettings => ({ ...said, share }));

export const retriesSetting = {
  retries: z
    .union([z.literal('off'), count.transform((attempts) => retries.parse({ attempts })), retries], {
      error: 'off, a number from 1 to 5, or { attempts, on, backoff, longest, budget, floor }',
    })
    .optional()
    .meta({
      description:
        'Calls of effect `read` and `idempotent` that a destination fails are sent to it once more, before legacy is asked. Never while its breaker is not closed, nor ' +
        'calls with WS-Security, NTLM or Negotiate. On a destination: for whatever asks it; on a route or an operation: for both sides. None where nothing is said.',
      examples: [1, { attempts: 2, on: ['connect', 'reset'], budget: '10%' }],
    }),
};

export const hedgeSetting = {
  hedge: z
    .union([z.literal('off'), hedge], { error: 'off, or { after, budget, floor }' })
    .optional()
    .meta({
      description:
        'Calls of effect `read` that have no reply after a while are sent to the same destination a second time; the first answer counts, the other send is given up. None where nothing is said.',
      examples: [{ after: '200ms' }],
    }),
};
