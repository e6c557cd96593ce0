// How a side is asked, and whether legacy may be asked after modern. On a route these are the defaults of its operations.
import { z } from 'zod';
import { reasons } from '../../adapters/errors.ts';
import type { Reason } from '../../adapters/errors.ts';

/** What asking twice does. */
const effects = ['read', 'idempotent', 'write'] as const;
export type Effect = (typeof effects)[number];

const fallback = z.union([
  z.literal('off', { error: 'off, or { on: [reason, …] }' }).transform((): readonly Reason[] => []),
  z
    .strictObject({
      on: z
        .array(z.enum(reasons))
        .min(1, { error: 'at least one reason, or fallback: off' })
        .meta({ description: 'Why modern failed.', examples: [['connect', 'timeout']] }),
    })
    .transform(({ on }): readonly Reason[] => on),
]);

const aCall = 'a method and a path, such as GET /orders/{orderId}';

export const forwardSettings = {
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
    examples: ['off', { on: ['connect', 'timeout', '5xx'] }],
  }),
};

export const callSetting = {
  call: z
    .string({ error: aCall })
    .regex(/^[A-Z]+ \/\S*$/, { error: aCall })
    .optional()
    .meta({
      description:
        "How `modern` is asked when it is an `http` destination; `{name}` is a member of the operation's input. " +
        '`POST /{operation}` where nothing is said.',
      examples: ['GET /orders/{orderId}'],
    }),
};
