// JSON Schemas of ours as TypeScript types. What a type cannot say (patterns, bounds) is left to the codec.
import { identifier, memberKey, quoted } from './identifier.ts';
import type { Json } from '../../adapter.ts';
import type { JsonSchema } from '../document/json-schema.ts';

/** Names of named schemas in TypeScript. */
export class TypeNames {
  readonly #names = new Map<string, string>();

  constructor(schemas: Iterable<string>) {
    const taken = new Set<string>();
    for (const schema of schemas) {
      let name = identifier(schema);
      while (taken.has(name)) name += '_';
      taken.add(name);
      this.#names.set(schema, name);
    }
  }

  of(schema: string): string {
    return this.#names.get(schema) ?? identifier(schema);
  }
}

/** One `export type` for each schema, in their order. */
export const typesText = (named: Readonly<Record<string, JsonSchema>>, names: TypeNames): string =>
  Object.entries(named)
    .map(([name, schema]) => `${commentOn(schema)}export type ${names.of(name)} = ${typeText(schema, names)};\n`)
    .join('\n');

export const typeText = (schema: JsonSchema, names: TypeNames, indent = ''): string =>
  union(alternatives(schema, (each) => oneText(each, names, indent)));

/** Types of which a value has one. */
const alternatives = (schema: JsonSchema, text: (one: JsonSchema) => string): readonly string[] => {
  const { type, enum: listed } = schema;
  if (Array.isArray(listed)) return (listed as readonly Json[]).map(literal);
  const several = schema['anyOf'] ?? (schema['properties'] === undefined ? schema['oneOf'] : undefined);
  if (Array.isArray(several)) return (several as readonly JsonSchema[]).flatMap((each) => alternatives(each, text));
  if (Array.isArray(type)) return (type as readonly string[]).map((each) => text({ ...schema, type: each }));
  return [text(schema)];
};

const oneText = (schema: JsonSchema, names: TypeNames, indent: string): string => {
  const { $ref, type, const: constant } = schema;
  if (typeof $ref === 'string') return names.of($ref.slice($ref.lastIndexOf('/') + 1));
  if (constant !== undefined) return literal(constant);
  if (type === 'array')
    return `readonly ${inParentheses(typeText((schema['items'] ?? {}) as JsonSchema, names, indent))}[]`;
  if (type === 'object') return objectText(schema, names, indent);
  if (type === 'integer') return 'number';
  if (typeof type === 'string') return type;
  return schema['not'] === undefined ? 'unknown' : 'never';
};

const objectText = (schema: JsonSchema, names: TypeNames, indent: string): string => {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
  const { '^__proto__$': proto, ...patterns } = (schema['patternProperties'] ?? {}) as Record<string, JsonSchema>;
  const all = proto === undefined ? properties : [...properties, ['__proto__', proto] as const];
  // Attributes that the schema does not name have names such as `{namespace}name`.
  const open = Object.values(patterns).map(
    (each) => `${indent}  readonly [name: \`{\${string}\`]: ${typeText(each, names)};\n`,
  );
  if (schema['additionalProperties'] === undefined) open.push(`${indent}  readonly [name: string]: unknown;\n`);
  if (all.length + open.length === 0) return 'Record<string, never>';
  const required = new Set((schema['required'] ?? []) as readonly string[]);
  const inner = `${indent}  `;
  const lines = all.map(([key, member]) => {
    const mark = required.has(key) ? '' : '?';
    return `${commentOn(member, inner)}${inner}readonly ${memberKey(key)}${mark}: ${typeText(member, names, inner)};\n`;
  });
  return `{\n${[...lines, ...open].join('')}${indent}}`;
};

/** What a schema says in words, and which of its members exclude each other. */
const commentOn = (schema: JsonSchema, indent = ''): string => {
  const told: string[] = [];
  if (typeof schema['description'] === 'string') told.push(schema['description']);
  if (schema['properties'] !== undefined) {
    const choices = [schema, ...((schema['allOf'] ?? []) as readonly JsonSchema[])];
    told.push(...choices.map(choiceText).filter((text) => text !== ''));
  }
  return told.length === 0 ? '' : `${indent}/** ${told.join(' ').replaceAll('*/', '* /')} */\n`;
};

const choiceText = ({ oneOf }: JsonSchema): string => {
  if (!Array.isArray(oneOf)) return '';
  const branches = (oneOf as readonly JsonSchema[]).map(branchText);
  const taken = branches.filter((branch) => branch !== '');
  const isOptional = taken.length < branches.length;
  if (isOptional && taken.length === 1) return `Either ${taken.join('')}, or none of that.`;
  return `${isOptional ? 'At most' : 'Exactly'} one of ${taken.join(', ')}.`;
};

/** Members that are there together; '' for the branch that is not there at all. */
const branchText = ({ required = [], anyOf = [] }: JsonSchema): string => {
  const any = (anyOf as readonly JsonSchema[]).flatMap((each) => (each['required'] ?? []) as readonly string[]);
  return [...(required as readonly string[]), ...(any.length === 0 ? [] : [any.join(' or ')])].join(' with ');
};

/** What a wider type of the union says already is left out. */
const union = (types: readonly string[]): string => {
  const all = new Set(types);
  if (all.has('unknown')) return 'unknown';
  const isSpare = (type: string): boolean => all.has(wider.find(([, literals]) => literals.test(type))?.[0] ?? '');
  return [...all].filter((type) => !isSpare(type)).join(' | ');
};

const wider: readonly (readonly [string, RegExp])[] = [
  ['string', /^'(?:[^'\\]|\\.)*'$/],
  ['number', /^-?\d[\d.e+-]*$/],
  ['boolean', /^(?:true|false)$/],
];

const inParentheses = (type: string): string => (/^[\w$]+$/.test(type) ? type : `(${type})`);

const literal = (json: Json): string => (typeof json === 'string' ? quoted(json) : JSON.stringify(json));
