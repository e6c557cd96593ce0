// Fields that several folders' settings are made of. The text of each `error` finishes the sentence "found …, expected …".
import { z } from 'zod';
import type { CohortSource } from '../traffic/traffic.ts';
import { bytes, durationPattern, milliseconds, sizePattern } from './units.ts';

const aDuration = 'a duration with its unit, such as 500ms, 30s or 2m';

/** Node's timers hold 31 bits of milliseconds; more would fire at once. */
const longest = 2 ** 31 - 1;

/** `30s` → 30000. */
export const duration = z
  .string({ error: aDuration })
  .regex(durationPattern, { error: aDuration })
  .transform(milliseconds)
  .refine((ms) => ms <= longest, { error: 'a duration of at most 24 days' });

/** `30s` → 30000, never 0. */
export const timeout = duration.refine((ms) => ms > 0, { error: 'a duration above 0, such as 30s' });

const aSize = 'a size with its unit, such as 512kb or 1mb';

/** `512kb` → 524288. */
export const size = z.string({ error: aSize }).regex(sizePattern, { error: aSize }).transform(bytes);

const aShare = (least: number) => `a share from ${least}% to 100%, such as 50%`;

/** `20%` → 0.2; `least` in percent. */
export const share = (least: number) =>
  z
    .string({ error: aShare(least) })
    .regex(/^\d{1,3}(\.\d{1,2})?%$/, { error: aShare(least) })
    .transform((said) => Number(said.slice(0, -1)) / 100)
    .refine((value) => value >= least / 100 && value <= 1, { error: aShare(least) });

const aWeight = 'a number from 0 to 100 with at most two decimals';
/** 0.07 × 100 is not 7 in binary fractions, hence the tolerance and the rounding (decision 14). */
const hasTwoDecimals = (weight: number): boolean => Math.abs(weight * 100 - Math.round(weight * 100)) < 1e-9;

/** `25` → 2500 points. */
export const weight = z
  .number({ error: aWeight })
  .min(0, { error: aWeight })
  .max(100, { error: aWeight })
  .refine(hasTwoDecimals, { error: aWeight })
  .transform((percent) => Math.round(percent * 100));

/** Text that says something. */
export const text = (expected: string): z.ZodString => z.string({ error: expected }).min(1, { error: expected });

/** RFC 9110 §5.6.2: what a header, a cookie or a method may be called. */
export const token = (expected: string): z.ZodString =>
  z.string({ error: expected }).regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: expected });

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

/** One or several, in the order in which they are asked. */
export const cohortSources = z.union([
  source.transform((one) => [one]),
  z.array(source).min(1, { error: 'at least one cohort source' }),
]);
