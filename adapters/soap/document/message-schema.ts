// Messages of an operation as JSON Schema: what it is asked, what it answers, and the faults it declares.
import { AdapterError } from '../../errors.ts';
import { objectSchema } from './json-schema.ts';
import { withMember } from './object-members.ts';
import { SchemaBook } from './schema-book.ts';
import type { MessageShape } from '../contract/message.ts';
import type { Messages, SoapOperation } from '../contract/contract.ts';
import type { JsonSchema } from './json-schema.ts';

export interface OperationSchemas {
  readonly input: JsonSchema;
  /** null for one-way operations. */
  readonly output: JsonSchema | null;
  /** Header blocks of requests; null where the contract declares none. */
  readonly headers: JsonSchema | null;
  /** Details of the declared faults, by the fault's name. */
  readonly faults: ReadonlyMap<string, JsonSchema>;
}

/** A message in the terms of a book, to which the types it needs are added. */
export const messageSchema = (book: SchemaBook, shape: MessageShape, hint: string): JsonSchema => {
  switch (shape.is) {
    case 'nothing':
      return objectSchema({ properties: [], required: [] });
    case 'members':
      return book.members(shape.type);
    case 'value':
      return book.element(shape.declared, hint);
    case 'scalar': {
      const required = shape.optional ? [] : [shape.key];
      return objectSchema({ properties: [[shape.key, book.element(shape.declared, hint)]], required });
    }
    case 'sole': {
      const { member } = shape;
      if (member.max > 1) return book.list(member, member.min);
      const value = book.element(member, hint);
      return member.min > 0 ? value : orAbsent(value);
    }
    case 'headed': {
      const blocks = shape.blocks.map(({ key, codec }): [string, JsonSchema] => [
        key,
        orAbsent(messageSchema(book, codec.shape, key)),
      ]);
      const headers = objectSchema({ properties: blocks, required: blocks.map(([key]) => key) });
      const body = ownObject(book, shape) ?? messageSchema(book, shape.body, `${hint}Body`);
      if (shape.isBeside) return withMember(body, '$headers', headers);
      const properties: [string, JsonSchema][] = [
        ['$headers', headers],
        ['$body', body],
      ];
      return objectSchema({ properties, required: ['$headers', '$body'] });
    }
    default:
      return shape satisfies never;
  }
};

/** Where other members come to those of a type, it is told itself, not by its name. */
const ownObject = (book: SchemaBook, { body, isBeside }: MessageShape & { readonly is: 'headed' }): JsonSchema | null =>
  isBeside && body.is === 'value' && body.declared.type.kind === 'complex' ? book.members(body.declared.type) : null;

const orAbsent = (value: JsonSchema): JsonSchema => ({
  anyOf: [value, objectSchema({ properties: [['$absent', { const: true }]], required: ['$absent'] })],
});

/** Header blocks that requests may carry. */
export const requestHeadersSchema = (book: SchemaBook, requestHeaders: Messages['requestHeaders']): JsonSchema => {
  const properties = requestHeaders.map(({ key, codec }): [string, JsonSchema] => [
    key,
    messageSchema(book, codec.shape, key),
  ]);
  return objectSchema({ properties, required: [] });
};

const draft = 'https://json-schema.org/draft/2020-12/schema';

/**
 * JSON Schemas (2020-12) of an operation's messages, each whole in itself. What they describe is what the codec reads;
 * what it writes may differ in one thing: whole numbers and decimals are also taken as JSON numbers that are exact.
 * Throws AdapterError ERR_CONTRACT for an operation that can only be passed through.
 */
export const schemasOf = (operation: SoapOperation): OperationSchemas => {
  const { messages, name } = operation;
  if (messages === null) {
    throw new AdapterError('ERR_CONTRACT', `${name} can only be passed through: ${operation.passThroughOnly}`);
  }
  const whole = (shape: MessageShape, title: string): JsonSchema =>
    document(title, (book) => messageSchema(book, shape, title));
  return {
    input: whole(messages.request.shape, `${name}Input`),
    output: messages.reply === null ? null : whole(messages.reply.shape, `${name}Output`),
    headers:
      messages.requestHeaders.length === 0
        ? null
        : document(`${name}Headers`, (book) => requestHeadersSchema(book, messages.requestHeaders)),
    faults: new Map([...messages.faults].map(([fault, message]) => [fault, whole(message.shape, fault)])),
  };
};

const document = (title: string, schemaIn: (book: SchemaBook) => JsonSchema): JsonSchema => {
  const book = new SchemaBook({ home: '#/$defs/', discriminator: false });
  const own = schemaIn(book);
  const $defs = book.named;
  return { $schema: draft, title, ...own, ...(Object.keys($defs).length === 0 ? {} : { $defs }) };
};
