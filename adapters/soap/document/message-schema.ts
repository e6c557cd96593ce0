// Messages of an operation as JSON Schema: what it is asked, what it answers, and the faults it declares.
import { AdapterError } from '../../errors.ts';
import { objectSchema } from './json-schema.ts';
import { objectBehind, withMember } from './object-members.ts';
import { SchemaBook } from './schema-book.ts';
import type { MessageShape } from '../contract/message.ts';
import type { Messages, SoapOperation } from '../contract/contract.ts';
import type { JsonSchema } from './json-schema.ts';

export interface OperationSchemas {
  readonly input: JsonSchema;
  /** null for one-way operations. */
  readonly output: JsonSchema | null;
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
      const body = messageSchema(book, shape.body, hint);
      if (shape.isBeside) return withMember(objectBehind(body, book.named) ?? {}, '$headers', headers);
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

const orAbsent = (value: JsonSchema): JsonSchema => ({
  anyOf: [value, objectSchema({ properties: [['$absent', { const: true }]], required: ['$absent'] })],
});

/** Header blocks that requests may carry; null where the contract declares none. */
export const requestHeadersSchema = (
  book: SchemaBook,
  { requestHeaders }: Pick<Messages, 'requestHeaders'>,
): JsonSchema | null => {
  if (requestHeaders.length === 0) return null;
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
  const whole = (shape: MessageShape, title: string): JsonSchema => {
    const book = new SchemaBook({ home: '#/$defs/', discriminator: false });
    const own = messageSchema(book, shape, title);
    const $defs = book.named;
    return { $schema: draft, title, ...own, ...(Object.keys($defs).length === 0 ? {} : { $defs }) };
  };
  return {
    input: whole(messages.request.shape, `${name}Input`),
    output: messages.reply === null ? null : whole(messages.reply.shape, `${name}Output`),
    faults: new Map([...messages.faults].map(([fault, message]) => [fault, whole(message.shape, fault)])),
  };
};
