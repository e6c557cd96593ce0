// A contract offered as REST, described by OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.1
import { exampleOf } from './example.ts';
import { messageSchema, requestHeadersSchema } from './message-schema.ts';
import { hasMembers, memberSchema, objectBehind, requiredIn, withOptional, withoutMembers } from './object-members.ts';
import { problemComponents } from './problem-schema.ts';
import { SchemaBook } from './schema-book.ts';
import { headersBeside } from '../contract/headed-message.ts';
import type { Json } from '../../adapter.ts';
import type { Messages, SoapContract, SoapOperation } from '../contract/contract.ts';
import type { Value } from '../../calling.ts';
import type { Offered } from './binding.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Problems } from './problem-schema.ts';

type JsonObject = { readonly [key: string]: Json };

export interface OpenApiOptions {
  readonly title: string;
  /** What stands before every path, such as `/api/orders`; empty at the root. */
  readonly mount: string;
  readonly problems: Problems;
}

/**
 * The document, the same for the same contract and bindings. Operations that can only be passed through are named in its
 * description, with the reason. No servers: paths are those of the host that serves the document.
 */
export const openApiOf = (contract: SoapContract, offered: Iterable<Offered>, options: OpenApiOptions): JsonObject => {
  const book = new SchemaBook({ home: '#/components/schemas/', discriminator: true });
  const paths: Record<string, Record<string, Json>> = {};
  const spelled = new Map<string, string>();
  const problems = problemComponents(book, options.problems);
  for (const one of offered) {
    // Paths that differ in the names of their parameters alone are one path (§4.8.8.2); the first name counts.
    const own = options.mount + one.bindings.path;
    const path = spelled.get(own.replaceAll(/\{[^}]*\}/g, '{}')) ?? own;
    spelled.set(own.replaceAll(/\{[^}]*\}/g, '{}'), path);
    paths[path] ??= {};
    paths[path][one.bindings.method.toLowerCase()] = operationObject(one, { book, problems, path });
  }
  return {
    openapi: '3.1.0',
    info: { title: options.title, version: contract.hash.slice(0, 12), ...about(contract) },
    paths,
    components: { schemas: book.named, responses: problems.responses },
  };
};

const about = ({ operations }: SoapContract): JsonObject => {
  const kept = [...operations.values()].filter(({ passThroughOnly }) => passThroughOnly !== null);
  if (kept.length === 0) return {};
  const told = kept.map(({ name, passThroughOnly }) => `- ${name}: ${passThroughOnly}`);
  return { description: ['Operations of the service that are not offered here, and why:', '', ...told].join('\n') };
};

interface Place {
  readonly book: SchemaBook;
  readonly problems: ReturnType<typeof problemComponents>;
  /** As the document spells it. */
  readonly path: string;
}

const operationObject = ({ operation, bindings }: Offered, { book, problems, path }: Place): JsonObject => {
  const messages = messagesOf(operation);
  const bare = messageSchema(book, messages.request.shape, `${operation.name}Input`);
  const example = exampleOf(messages.request);
  const members = objectBehind(bare, book.named);
  const blocks = bindings.body === 'rest' && members !== null ? headersBeside(messages) : [];
  const object =
    members === null || blocks.length === 0
      ? members
      : withOptional(members, '$headers', requestHeadersSchema(book, blocks));
  const input = object === null || object === members ? bare : object;
  const given = isObject(example) ? example : {};
  const parameter = (where: 'path' | 'query' | 'header', name: string, value: Value): JsonObject[] => {
    if (value.is === 'soapHeader') return [];
    if (value.is === 'text') return [{ name, in: where, schema: { type: 'string', const: value.text } }];
    const { schema, required } = memberSchema(object ?? {}, value.name);
    const shown = Object.hasOwn(given, value.name) ? { example: given[value.name] ?? null } : {};
    return [{ name, in: where, ...(required || where === 'path' ? { required: true } : {}), schema, ...shown }];
  };
  const names = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
  const parameters = [
    ...bindings.parameters.flatMap((value, at) => parameter('path', names[at] ?? '', value)),
    ...bindings.query.flatMap(({ key, value }) => parameter('query', decodeURIComponent(key), value)),
    ...bindings.headers.flatMap(({ key, value }) => parameter('header', key, value)),
  ];
  return {
    operationId: operation.name,
    summary: operation.name,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBody({ operation, bindings }, { book, input, object, example }),
    responses: { ...replies(operation, messages, book), ...problems.of(operation, messages) },
  };
};

interface Asked {
  readonly book: SchemaBook;
  readonly input: JsonSchema;
  /** The input's own schema, where it is an object. */
  readonly object: JsonSchema | null;
  readonly example: Json | undefined;
}

const requestBody = ({ operation, bindings }: Offered, { book, input, object, example }: Asked): JsonObject => {
  const { body, placed } = bindings;
  if (body === 'none' || (object !== null && !hasMembers(object))) return {};
  const content = (schema: JsonSchema, shown: Json | undefined): JsonObject => ({
    'application/json': { schema, ...(shown === undefined ? {} : { example: shown }) },
  });
  if (typeof body === 'object') {
    const { schema, required } = memberSchema(object ?? {}, body.member);
    const shown = isObject(example) && Object.hasOwn(example, body.member) ? example[body.member] : undefined;
    return { requestBody: { required, content: content(schema, shown) } };
  }
  if (object === null || placed.length === 0) {
    const own = input['$ref'] === undefined ? book.add(`${operation.name}Input`, input) : input;
    const required = object === null || requiredIn(object).length > 0;
    return { requestBody: { required, content: content(own, example) } };
  }
  const rest = withoutMembers(object, placed);
  if (!hasMembers(rest)) return {};
  const shown = isObject(example)
    ? Object.fromEntries(Object.entries(example).filter(([name]) => !placed.includes(name)))
    : undefined;
  const own = book.add(`${operation.name}Body`, rest);
  return { requestBody: { required: requiredIn(rest).length > 0, content: content(own, shown) } };
};

const replies = (operation: SoapOperation, { reply }: Messages, book: SchemaBook): JsonObject => {
  if (reply === null) return { '202': { description: 'Accepted: the operation answers nothing.' } };
  const schema = messageSchema(book, reply.shape, `${operation.name}Output`);
  const object = objectBehind(schema, book.named);
  if (object !== null && !hasMembers(object)) return { '204': { description: 'Done: the operation answers nothing.' } };
  const example = exampleOf(reply);
  const own = schema['$ref'] === undefined ? book.add(`${operation.name}Output`, schema) : schema;
  const content = { 'application/json': { schema: own, ...(example === undefined ? {} : { example }) } };
  return { '200': { description: `The answer of ${operation.name}.`, content } };
};

const messagesOf = ({ messages, name }: SoapOperation): Messages => {
  if (messages === null) throw new Error(`${name} can only be passed through, and is not offered`);
  return messages;
};

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
