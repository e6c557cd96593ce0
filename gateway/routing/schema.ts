// Which calls a route takes.
import { z } from 'zod';
import { text, token } from '../lib/schema.ts';

const aPath = 'a path such as /OrderService.svc, or a prefix such as /api/orders/**';
const aHost = 'a host name without port, such as api.example.com, or *.example.com for all below it';
const aType = 'a media type such as application/json';
const aValue = 'a text in quotes, or true for any value';

/** `*` only as the last `/**`; nothing that a client's URL could not be matched against. */
const isPattern = (path: string): boolean =>
  /^\/[^\s?#*]*$/.test(path.endsWith('/**') ? path.slice(0, -2) : path) && !/\/\.\.?(\/|$)/.test(path);

const upper = token('a method such as GET').transform((method) => method.toUpperCase());

const conditions = (name: z.ZodString) =>
  z
    .record(name, z.union([z.string(), z.literal(true)], { error: aValue }))
    .transform((all) =>
      Object.entries(all).map(([key, value]) => ({ name: key, value: value === true ? null : value })),
    );

const lowerNames = (all: { name: string; value: string | null }[]) =>
  all.map(({ name, value }) => ({ name: name.toLowerCase(), value }));

export const matchSchema = z
  .strictObject({
    path: z
      .string({ error: aPath })
      .refine(isPattern, { error: aPath })
      .meta({
        description:
          'The path a call must have; with `/**` at its end also everything below. Routes of `protocol: soap` compare as IIS does, see `paths`.',
        examples: ['/OrderService.svc', '/api/orders/**', '/**'],
      }),
    host: z
      .string({ error: aHost })
      .regex(/^((\*\.)?[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])$/, { error: aHost })
      .transform((host) => host.toLowerCase())
      .optional()
      .meta({
        description: 'The host name a call must ask for; with `*.` at its start all names below it, at any depth.',
        examples: ['api.example.com', '*.example.com'],
      }),
    method: z
      .union([upper.transform((one) => [one]), z.array(upper).min(1, { error: 'at least one method' })])
      .optional()
      .meta({ description: 'One method or several.', examples: ['GET', ['GET', 'HEAD']] }),
    header: conditions(token('the name of a header'))
      .transform(lowerNames)
      .optional()
      .meta({
        description: 'Headers a call must carry; `true` for any value.',
        examples: [{ 'X-Tenant': 'acme', 'X-Beta': true }],
      }),
    query: conditions(text('the name of a query parameter'))
      .optional()
      .meta({
        description: 'Query parameters a call must carry; `true` for any value.',
        examples: [{ format: 'xml', preview: true }],
      }),
    contentType: z
      .string({ error: aType })
      .regex(/^[^\s/;]+\/[^\s/;]+$/, { error: aType })
      .transform((type) => type.toLowerCase())
      .optional()
      .meta({ description: 'The media type a call must have, without parameters.', examples: ['text/xml'] }),
  })
  .transform(({ path, host, method, header, query, contentType }) => ({
    path,
    host: host ?? null,
    methods: method ?? null,
    headers: header ?? [],
    query: query ?? [],
    contentType: contentType ?? null,
  }));

const aPrefix = 'a path without *, such as /legacy, or / for the root';
const plainPath = z
  .string({ error: aPrefix })
  .refine((path) => isPattern(path) && !path.includes('*'), { error: aPrefix });

export const rewriteSchema = z.strictObject({
  prefix: plainPath.meta({
    description: 'What is replaced: all of `match.path` without `/**`, or whole segments of it from its start.',
    examples: ['/legacy'],
  }),
  to: plainPath.meta({ description: 'What destinations have there instead.', examples: ['/', '/app/v1'] }),
});

/** Conditions of one route, normalised: names of headers and the host lower case, methods upper case. */
export interface Match {
  readonly host: string | null;
  readonly path: string;
  /** Compared without case and with suffixes (`/ws`, `/mex`), as IIS does (decision 5). */
  readonly iis: boolean;
  readonly methods: readonly string[] | null;
  /** Each must be there; a value of null: any value. */
  readonly headers: readonly { readonly name: string; readonly value: string | null }[];
  readonly query: readonly { readonly name: string; readonly value: string | null }[];
  readonly contentType: string | null;
}
