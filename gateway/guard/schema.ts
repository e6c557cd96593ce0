// When a destination is left alone. On a destination it holds for all its operations; a route or an operation says otherwise.
import { z } from 'zod';
import { timeout } from '../lib/schema.ts';

const aShare = 'a share from 1% to 100%, such as 50%';
const aCount = 'a whole number above 0';
const count = z.int({ error: aCount }).min(1, { error: aCount });

const share = z
  .string({ error: aShare })
  .regex(/^\d{1,3}(\.\d{1,2})?%$/, { error: aShare })
  .transform((said) => Number(said.slice(0, -1)) / 100)
  .refine((value) => value >= 0.01 && value <= 1, { error: aShare });

const settings = z.strictObject({
  failureRate: share.prefault('50%').meta({
    description: "Share of the window's calls that failed by the destination's own blame at which it opens.",
    examples: ['20%'],
  }),
  minimumCalls: count
    .default(20)
    .meta({ unit: 'calls', description: 'Fewer calls in the window never open it.', examples: [100] }),
  window: timeout.prefault('10s').meta({
    unit: 'ms',
    description: 'How far back calls count.',
    examples: ['1m'],
  }),
  openFor: timeout.prefault('15s').meta({
    unit: 'ms',
    description:
      'How long it stays open before calls are tried again; up to a quarter more by chance, doubled each time they fail again, at most eightfold.',
    examples: ['5s'],
  }),
  probes: count
    .max(1000, { error: 'at most 1000' })
    .default(3)
    .meta({
      unit: 'calls',
      description:
        'How many calls are tried when it was open for long enough. It closes once so many succeed that `failureRate` cannot be reached any more, and opens again once it is reached.',
      examples: [10],
    }),
});

export type BreakerSettings = Readonly<z.output<typeof settings>>;

export const breakerSetting = {
  breaker: z
    .union([z.literal('off', { error: 'off, or { failureRate, minimumCalls, window, openFor, probes }' }), settings])
    .optional()
    .meta({
      description:
        'When calls are kept from a destination that fails: they fail at once with reason `open`, so that legacy is asked. One for each operation. ' +
        'On a destination: for whatever asks it; on a route or an operation: for `modern`. `modern` has one where nothing is said, `legacy` only if its destination says so. `off`: none.',
      examples: [{ failureRate: '50%', minimumCalls: 20, window: '10s', openFor: '15s' }, 'off'],
    }),
};

/** What holds for `modern` where nothing is said. */
export const usualBreaker = (): BreakerSettings => settings.parse({});
