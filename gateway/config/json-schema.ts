// The file as JSON Schema, for editors and for the reference: made from the schemas, so it can't say anything else.
import { z } from 'zod';
import { fileSchema } from './schema.ts';

export interface JsonSchema {
  type?: string;
  description?: string;
  unit?: string;
  default?: unknown;
  examples?: unknown[];
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
}

/** What people write: `30s`, not 30000. */
export const fileJsonSchema = (): JsonSchema =>
  z.toJSONSchema(fileSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // zod leaves examples out where text becomes something else; ours are always what people write.
      const examples = z.globalRegistry.get(zodSchema)?.['examples'];
      if (Array.isArray(examples)) jsonSchema.examples = examples;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  }) as JsonSchema;

const reference = {
  type: 'string',
  pattern: '\\$\\{',
  description: '`${NAME}` or `${NAME:-default}` from the environment.',
};

/** The same for editors: any value may come from the environment too. */
export const editorSchema = (): JsonSchema & { $defs: unknown } => ({
  ...withReferences(fileJsonSchema()),
  $defs: { environment: reference },
});

const withReferences = (schema: JsonSchema): JsonSchema => {
  const inner: JsonSchema = {
    ...schema,
    ...(schema.properties && { properties: mapValues(schema.properties, withReferences) }),
    ...(typeof schema.additionalProperties === 'object' && {
      additionalProperties: withReferences(schema.additionalProperties),
    }),
    ...(schema.items && { items: withReferences(schema.items) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map(withReferences) }),
    ...(schema.oneOf && { oneOf: schema.oneOf.map(withReferences) }),
  };
  if (!isNarrow(schema)) return inner;
  const { description, unit, default: usual, examples, ...rest } = inner;
  const said = { description, unit, default: usual, examples };
  const told = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return { ...told, anyOf: [rest, { $ref: '#/$defs/environment' } as JsonSchema] };
};

/** A plain value that `${NAME}` would not fit. What tells adapters apart must stay as it is. */
const isNarrow = ({ type, pattern, enum: values, const: value }: JsonSchema): boolean => {
  if (type === 'number' || type === 'integer' || type === 'boolean') return true;
  if (type !== 'string') return false;
  return pattern !== undefined || values !== undefined || value === 'memory';
};

const mapValues = <T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
