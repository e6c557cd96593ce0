// How long an operation's calls may take. On a route these are the defaults of its operations.
import { z } from 'zod';
import { timeout, token } from '../../lib/schema.ts';

const aDeadline = 'a duration, off, or { total, header, unit, callers, reserve }';
const usualReserve = 100;

export interface DeadlineSettings {
  /** Milliseconds for a whole call; Infinity: no bound of the file's own. */
  readonly total: number;
  /** Header in which callers say how long they wait, in lower case; null: none. */
  readonly header: string | null;
  /** Milliseconds that a bare number in it stands for. */
  readonly unit: 1 | 1000;
  /** Milliseconds that callers wait who do not say; Infinity: nobody knows. */
  readonly callers: number;
  /** Milliseconds that have to be left for somebody to be asked once more. */
  readonly reserve: number;
}

const inFull = z
  .strictObject({
    total: timeout.optional().meta({ unit: 'ms', description: 'For a whole call.', examples: ['30s'] }),
    header: token('the name of a header')
      .optional()
      .meta({
        description:
          'Header in which callers say how long they wait: a number in `unit`, or as `grpc-timeout` has it (`500m` is 500 ms, `2S` 2 s). The smaller of this and `total` holds. What cannot be read, and 0, is as if it were not there.',
        examples: ['X-Request-Timeout'],
      }),
    unit: z
      .enum(['ms', 's'], { error: 'ms or s' })
      .default('ms')
      .meta({ description: 'Of a number without one in `header`.', examples: ['s'] }),
    callers: timeout.optional().meta({
      unit: 'ms',
      description: 'How long callers wait that do not say it. WCF and ASMX proxies usually: 60s, 100s.',
      examples: ['60s'],
    }),
    reserve: timeout.prefault(`${usualReserve}ms`).meta({
      unit: 'ms',
      description: 'What has to be left for somebody to be asked once more: a retry, or legacy after `modern`.',
      examples: ['500ms'],
    }),
  })
  .refine(({ total, header, callers }) => total !== undefined || header !== undefined || callers !== undefined, {
    error: 'at least one of total, header and callers',
  })
  .transform(({ total = Infinity, header, unit, callers = Infinity, reserve }): DeadlineSettings => ({
    total,
    header: header?.toLowerCase() ?? null,
    unit: unit === 'ms' ? 1 : 1000,
    callers,
    reserve,
  }));

export const timeSettings = {
  timeout: timeout.optional().meta({
    unit: 'ms',
    description:
      'Longest wait for the first byte of a reply, and then between two bytes, whoever is asked; as the destination has it where nothing is said.',
    examples: ['5s'],
  }),
  deadline: z
    .union(
      [
        z.literal('off').transform((): DeadlineSettings | null => null),
        timeout.transform((total): DeadlineSettings => ({
          total,
          header: null,
          unit: 1,
          callers: Infinity,
          reserve: usualReserve,
        })),
        inFull,
      ],
      { error: aDeadline },
    )
    .optional()
    .meta({
      description:
        'How long a call may take in all, from the arrival of its head to the last byte of its answer: waiting, all attempts, fallback. ' +
        'Then it ends: with a fault (504 for callers that are not SOAP), or cut where an answer has begun. Not for event streams and upgrades. No bound where nothing is said.',
      examples: ['30s', { total: '30s', header: 'X-Request-Timeout', unit: 'ms', callers: '60s' }],
    }),
};
