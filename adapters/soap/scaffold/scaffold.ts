// What a team starts from that writes a service anew: types, handlers to be written, JSON Schemas, and tests by the contract.
import { exampleOf } from '../document/example.ts';
import { messageSchema, requestHeadersSchema, schemasOf } from '../document/message-schema.ts';
import { SchemaBook } from '../document/schema-book.ts';
import { handlersText } from './handlers-text.ts';
import { testsText } from './tests-text.ts';
import { TypeNames, typesText } from './type-text.ts';
import type { Json, Scaffolded } from '../../adapter.ts';
import type { SoapContract, SoapOperation } from '../contract/contract.ts';
import type { JsonSchema } from '../document/json-schema.ts';
import type { MessageShape } from '../contract/message.ts';

/** An operation as what is written knows it; types by their names in TypeScript. */
export interface Stub {
  readonly operation: string;
  readonly oneWay: boolean;
  readonly input: string;
  /** null: nothing is answered. */
  readonly output: string | null;
  /** Header blocks of requests; null: the contract declares none. */
  readonly headers: string | null;
  readonly faults: readonly { readonly name: string; readonly type: string }[];
  /** null: none was found. */
  readonly example: Json | undefined;
}

/** `wsdl`: the file as tests are to name it, from where they stand. */
export const scaffoldOf = (contract: SoapContract, wsdl: string): readonly Scaffolded[] => {
  const book = new SchemaBook({ home: '#/', discriminator: false });
  const translatable = [...contract.operations.values()].filter(({ messages }) => messages !== null);
  const made = translatable.map((operation) => ({ operation, ...schemasIn(book, operation) }));
  const names = new TypeNames(Object.keys(book.named));
  const stubs = made.map(({ operation, input, output, headers, faults }): Stub => ({
    operation: operation.name,
    oneWay: operation.oneWay,
    input: names.of(input),
    output: output === null ? null : names.of(output),
    headers: headers === null ? null : names.of(headers),
    faults: faults.map(([name, type]) => ({ name, type: names.of(type) })),
    example: operation.messages === null ? undefined : exampleOf(operation.messages.request),
  }));
  const head = `// Made from the contract by \`strangler scaffold\`; made anew when that changes.\n\n`;
  return [
    { path: 'types.ts', text: head + typesText(book.named, names), isYours: false },
    { path: 'handlers.ts', text: handlersText(stubs), isYours: true },
    { path: 'handlers.test.ts', text: testsText(stubs, wsdl), isYours: true },
    ...translatable.flatMap(schemaFiles),
  ];
};

interface Named {
  readonly input: string;
  readonly output: string | null;
  readonly headers: string | null;
  readonly faults: readonly (readonly [fault: string, schema: string])[];
}

const schemasIn = (book: SchemaBook, { name, messages }: SoapOperation): Named => {
  const added = (schema: JsonSchema, wanted: string): string => {
    book.add(wanted, schema);
    return Object.keys(book.named).at(-1) ?? wanted;
  };
  const named = (shape: MessageShape, wanted: string): string => added(messageSchema(book, shape, wanted), wanted);
  if (messages === null) throw new Error(`${name} can only be passed through`);
  const { requestHeaders } = messages;
  return {
    headers: requestHeaders.length === 0 ? null : added(requestHeadersSchema(book, requestHeaders), `${name}Headers`),
    input: named(messages.request.shape, `${name}Input`),
    output: messages.reply === null ? null : named(messages.reply.shape, `${name}Output`),
    faults: [...messages.faults].map(([fault, message]) => [fault, named(message.shape, `${name}${fault}`)]),
  };
};

const schemaFiles = (operation: SoapOperation): Scaffolded[] => {
  const { input, output, headers, faults } = schemasOf(operation);
  const all = [['input', input], ['output', output], ['headers', headers], ...faults] as const;
  return all.flatMap(([name, schema]) => {
    if (schema === null) return [];
    const path = `schemas/${operation.name}.${name.replaceAll(/[^\w.-]/g, '_')}.json`;
    return [{ path, text: `${JSON.stringify(schema, null, 2)}\n`, isYours: false }];
  });
};
