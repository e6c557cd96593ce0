// What may be answered from memory, for how long, and what takes it back.
import { z } from 'zod';
import { cohortSources, duration, size, text, timeout } from '../lib/schema.ts';

const cache = z
  .strictObject({
    ttl: timeout.optional().meta({
      unit: 'ms',
      description:
        'How long an answer is given again without asking. With `protocol: http` it stands in where the origin says nothing of the kind, and may be left out.',
      examples: ['30s'],
    }),
    staleWhileRevalidate: duration.prefault('0s').meta({
      unit: 'ms',
      description: 'For so long after `ttl` the old answer is given at once, while a new one is asked for.',
      examples: ['1m'],
    }),
    staleIfError: duration.prefault('0s').meta({
      unit: 'ms',
      description:
        'For so long after `ttl` the old answer stands in where no side could answer. An error page is no answer; a fault of legacy is one.',
      examples: ['10m'],
    }),
    refreshAhead: duration.prefault('0s').meta({
      unit: 'ms',
      description: 'An answer that is asked for in the last of its `ttl` is renewed before it ends.',
      examples: ['5s'],
    }),
    faults: z
      .record(z.string(), timeout)
      .default({})
      .meta({
        description:
          'Faults that the contract declares and that are kept too, each with a time of its own. No other fault is.',
        examples: [{ OrderNotFoundFault: '5s' }],
      }),
    vary: cohortSources.optional().meta({
      description:
        'What of a caller an answer depends on. Calls with credentials (Authorization, Cookie, X-Api-Key and the like, WS-Security, a ' +
        'client certificate, or a header in which a proxy tells of one) are answered from memory only if these are named here, and then only to the same credentials.',
      examples: [['basicUser'], [{ header: 'X-Tenant' }, 'clientCertificate']],
    }),
    sides: z
      .enum(['perSide', 'shared'], { error: 'perSide or shared' })
      .default('perSide')
      .meta({
        description:
          "`perSide`: an answer of legacy's is never given to who is to be answered by modern. `shared`: it may.",
        examples: ['shared'],
      }),
    volatile: z
      .array(text('the name of a SOAP header block'))
      .default([])
      .meta({
        description:
          'SOAP header blocks that differ from call to call and change no answer. Message ids are such anyway.',
        examples: [['RequestId']],
      }),
    maxBytes: size.prefault('1mb').meta({
      unit: 'bytes',
      description: 'Longest body of an answer that is kept.',
      examples: ['64kb'],
    }),
  })
  .meta({ description: 'Answers that are given again without asking. Only for operations with `effect: read`.' });

export type SaidCache = z.output<typeof cache>;

export const cacheSettings = {
  cacheStatus: z
    .boolean()
    .optional()
    .meta({
      description: 'Answers of operations with a `cache` say in `Cache-Status` (RFC 9211) what it made of the call.',
      examples: [true],
    }),
  cache: z
    .union([
      z.literal('off', { error: 'off, origin, or settings with a ttl' }).transform(() => null),
      z.literal('origin', { error: 'off, origin, or settings with a ttl' }).transform(() => cache.parse({})),
      cache,
    ])
    .optional()
    .meta({
      description:
        'Answers that are given again without asking, for operations with `effect: read`; `off` for none, `origin` for what the origin ' +
        'allows and no more, with `protocol: http`.',
      examples: [{ ttl: '30s', staleWhileRevalidate: '1m', staleIfError: '10m' }],
    }),
};

export const invalidatesSetting = {
  invalidates: z
    .array(text('the name of an operation, with members of the input as GetOrder:{orderId}, or GET /orders/{id}:{id}'))
    .optional()
    .meta({
      description:
        'Operations whose kept answers this one takes back, done or failed. `GetOrder:{orderId}` takes back only those that ' +
        'were asked with the same value of that member, or with none or several. With `protocol: http`, `GET /orders/{id}` is all that is kept of ' +
        'that operation, on any route, and `GET /orders/{id}:{id}` what has the same value of that parameter in its path.',
      examples: [['GetOrder'], ['GetOrder:{orderId}', 'ListOrders'], ['GET /orders/{id}:{id}', 'GET /orders']],
    }),
};
