// When a destination is left alone, and how many calls it gets at the same time. On a destination it holds for all its operations.
import { z } from 'zod';
import { share, timeout } from '../lib/schema.ts';

const aCount = 'a whole number above 0';
const count = z.int({ error: aCount }).min(1, { error: aCount });

const settings = z.strictObject({
  failureRate: share(1)
    .prefault('50%')
    .meta({
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

/** Which calls wait in front of which, heaviest first. A closed list: a label of metrics. */
export const priorities = ['high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

const queue = z.strictObject({
  size: count
    .max(100_000, { error: 'at most 100000' })
    .meta({ unit: 'calls', description: 'Calls that wait at the same time; one more is refused.', examples: [100] }),
  maxWait: timeout.prefault('1s').meta({
    unit: 'ms',
    description:
      'Longest wait for a place. What has waited that long is refused, and so is what nobody waits for any more.',
    examples: ['250ms'],
  }),
});

export interface BulkheadSettings {
  readonly maxInFlight: number;
  /** Null: nobody waits. Milliseconds. */
  readonly queue: { readonly size: number; readonly maxWait: number } | null;
}

export const bulkheadSettings = {
  maxInFlight: count.optional().meta({
    unit: 'calls',
    description:
      'Calls under way at the same time, over all routes, fallbacks included; one more waits in `queue` or is refused with reason `full`. No bound where nothing is said.',
    examples: [200],
  }),
  queue: queue.optional().meta({
    description:
      'Calls over `maxInFlight` wait here for a place, the higher `priority` first, then as they came. Where it is full, the lowest that came last goes. Nobody waits where nothing is said.',
    examples: [{ size: 100, maxWait: '500ms' }],
  }),
};

export const prioritySetting = {
  priority: z
    .enum(priorities, { error: 'high, normal or low' })
    .optional()
    .meta({
      description:
        'Whose calls get a place first where a destination has its `maxInFlight`, and whose are refused last. Where nothing is said: `high` for a `write`, `normal` for `idempotent`, `low` for a `read`.',
      examples: ['high'],
    }),
};
