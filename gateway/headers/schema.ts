// `headers` of destinations and routes: what is put in the place of lines of the same name, and what goes.
import { z } from 'zod';
import type { HeaderEdit } from '../../adapters/adapter.ts';

// What says how a message is framed, coded or led belongs to whoever carries it, and X-Strangler-* to the gateway.
const carriers = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);

const aName = 'the name of a header, such as X-Tenant';
const notYours = 'a header that the gateway does not need itself';
const aValue = 'text of one line, in characters of ISO 8859-1';

const isCarriers = (name: string): boolean => {
  const lower = name.toLowerCase();
  return carriers.has(lower) || lower.startsWith('x-strangler-') || lower.startsWith('sec-websocket-');
};

const name = z
  .string({ error: aName })
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: aName })
  .refine((said) => !isCarriers(said), { error: notYours });

const value = z
  .string({ error: aValue })
  .regex(/^[\t\x20-\x7e\xa0-\xff]*$/, { error: aValue })
  .transform((said) => said.trim());

const editOf = (said: { readonly set: Record<string, string>; readonly remove: readonly string[] }): HeaderEdit => ({
  drops: [...Object.keys(said.set), ...said.remove].map((one) => one.toLowerCase()),
  lines: Object.entries(said.set).flat(),
});

const once = (said: { readonly set: Record<string, string> }): boolean =>
  new Set(Object.keys(said.set).map((one) => one.toLowerCase())).size === Object.keys(said.set).length;

const edit = () =>
  z
    .strictObject({
      set: z
        .record(z.string(), value)
        .superRefine((said, context) => {
          for (const key of Object.keys(said)) {
            const found = name.safeParse(key);
            if (!found.success)
              context.addIssue({ code: 'custom', path: [key], message: found.error.issues[0]?.message ?? aName });
          }
        })
        .default({})
        .meta({
          description: 'Lines by name, each in place of all lines of that name.',
          examples: [{ 'X-Tenant': 'north' }],
        }),
      remove: z
        .array(name)
        .default([])
        .meta({ description: 'Names whose lines are taken out.', examples: [['X-Powered-By']] }),
    })
    .refine(once, { error: 'each header once, whatever its case' })
    .transform(editOf)
    .optional();

/** `request` and `response`, each compiled; of all that the file does not name, nothing changes. */
export const headersSetting = (calls: string, replies: string) =>
  z
    .strictObject({
      request: edit().meta({ description: `What changes in ${calls}.` }),
      response: edit().meta({ description: `What changes in ${replies}.` }),
    })
    .optional();
