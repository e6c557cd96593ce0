// What a JSON Schema (2020-12) is here, and the few ways in which schemas are put together.
import { setMember } from '../contract/reading/members.ts';
import type { Json } from '../../adapter.ts';

export type JsonSchema = { readonly [keyword: string]: Json };

export interface ObjectShape {
  readonly properties: readonly (readonly [name: string, schema: JsonSchema])[];
  readonly required: readonly string[];
}

/** An object with these members and no others. */
export const objectSchema = ({ properties, required }: ObjectShape): JsonSchema => {
  const named: Record<string, JsonSchema> = {};
  const schema: Record<string, Json> = { type: 'object', properties: named };
  for (const [name, member] of properties) {
    // Validators leave a property of this name out, for their own safety; as a pattern it is as good as any other.
    if (name === '__proto__') schema['patternProperties'] = { '^__proto__$': member };
    else setMember(named, name, member);
  }
  if (required.length > 0) schema['required'] = required;
  schema['additionalProperties'] = false;
  return schema;
};

/** The same, or null. */
export const orNull = (schema: JsonSchema): JsonSchema => {
  const { type, enum: listed } = schema;
  if (typeof type === 'string' && schema['anyOf'] === undefined && schema['oneOf'] === undefined) {
    const wider = { ...schema, type: [type, 'null'] };
    return Array.isArray(listed) ? { ...wider, enum: [...(listed as Json[]), null] } : wider;
  }
  return anyOf([schema, { type: 'null' }]);
};

export const anyOf = (schemas: readonly JsonSchema[]): JsonSchema => {
  const [only, second] = schemas;
  return only !== undefined && second === undefined ? only : { anyOf: schemas };
};

/** Strings that match all patterns. */
export const withPatterns = (schema: JsonSchema, patterns: readonly string[]): JsonSchema => {
  const [first, ...more] = [...new Set(patterns)];
  if (first === undefined) return schema;
  const own = { ...schema, pattern: first };
  return more.length === 0 ? own : { ...own, allOf: more.map((pattern) => ({ pattern })) };
};
