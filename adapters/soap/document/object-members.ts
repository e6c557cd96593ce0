// Members of a message's schema, one by one: what stands in a path or query is one of them, the body is the rest.
import { setMember } from '../contract/reading/members.ts';
import type { Json } from '../../adapter.ts';
import type { JsonSchema } from './json-schema.ts';

/** The object schema that a reference leads to; null where it leads to something else. */
export const objectBehind = (schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>): JsonSchema | null => {
  const { $ref } = schema;
  const found = typeof $ref === 'string' ? named[$ref.slice($ref.lastIndexOf('/') + 1)] : schema;
  return found === undefined || found['type'] !== 'object' ? null : found;
};

/** A member as text has it, which knows no null; a member that is not there may be anything. */
export const memberSchema = (object: JsonSchema, name: string): { schema: JsonSchema; required: boolean } => {
  const properties = (object['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const schema = Object.hasOwn(properties, name) ? (properties[name] ?? {}) : {};
  return { schema: withoutNull(schema), required: requiredIn(object).includes(name) };
};

/** The object without some of its members. Choices between members can no longer be told then. */
export const withoutMembers = (object: JsonSchema, names: readonly string[]): JsonSchema => {
  if (names.length === 0) return object;
  const { oneOf: _choice, allOf: _choices, required: _required, ...rest } = object;
  const properties: Record<string, JsonSchema> = {};
  for (const [name, schema] of Object.entries((object['properties'] ?? {}) as Record<string, JsonSchema>))
    if (!names.includes(name)) setMember(properties, name, schema);
  const required = requiredIn(object).filter((name) => !names.includes(name));
  return { ...rest, properties, ...(required.length > 0 ? { required } : {}) };
};

/** The object with one more member, which has to be there, before all others. */
export const withMember = (object: JsonSchema, name: string, schema: JsonSchema): JsonSchema => ({
  ...withOptional(object, name, schema),
  required: [name, ...requiredIn(object)],
});

/** The object with one more member, which may be there, before all others. */
export const withOptional = (object: JsonSchema, name: string, schema: JsonSchema): JsonSchema => ({
  ...object,
  properties: { [name]: schema, ...((object['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>) },
});

export const requiredIn = (object: JsonSchema): readonly string[] => (object['required'] ?? []) as readonly string[];

/** Has it members at all? */
export const hasMembers = (object: JsonSchema): boolean =>
  Object.keys((object['properties'] ?? {}) as object).length > 0 || object['patternProperties'] !== undefined;

const withoutNull = (schema: JsonSchema): JsonSchema => {
  const { type, anyOf, enum: listed } = schema;
  if (Array.isArray(type)) {
    const kinds = (type as readonly Json[]).filter((kind) => kind !== 'null');
    const own = { ...schema, type: kinds.length === 1 ? (kinds[0] ?? null) : kinds };
    return Array.isArray(listed) ? { ...own, enum: (listed as readonly Json[]).filter((each) => each !== null) } : own;
  }
  if (!Array.isArray(anyOf)) return schema;
  const branches = (anyOf as readonly JsonSchema[]).filter((each) => each['type'] !== 'null');
  const [only, second] = branches;
  return only !== undefined && second === undefined ? only : { ...schema, anyOf: branches };
};
