// Problem documents (RFC 9457) of a REST face: one for each declared fault, and one for everything else.
import { expanded } from '../contract/xml/qname.ts';
import { exampleOf } from './example.ts';
import { messageSchema } from './message-schema.ts';
import { objectBehind } from './object-members.ts';
import type { Json } from '../../adapter.ts';
import type { FaultMessage, Messages, SoapOperation } from '../contract/contract.ts';
import type { JsonSchema } from './json-schema.ts';
import type { SchemaBook } from './schema-book.ts';

type JsonObject = { readonly [key: string]: Json };

/** How the face tells of declared faults. */
export interface Problems {
  readonly status: number;
  /** `type` of the problem, a URI. */
  readonly typeOf: (fault: string) => string;
}

export interface ProblemComponents {
  /** Named responses that operations refer to. */
  readonly responses: JsonObject;
  /** Responses of an operation, by status. */
  readonly of: (operation: SoapOperation, messages: Messages) => JsonObject;
}

const media = 'application/problem+json';
const text = { type: 'string' };

const problem: JsonSchema = {
  type: 'object',
  description: 'What went wrong (RFC 9457).',
  properties: {
    type: { ...text, description: 'about:blank, or what kind of problem it is.' },
    title: text,
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: text,
    code: { ...text, description: 'The same in one word, where the gateway itself tells it.' },
    errors: {
      type: 'array',
      description: 'What in the request does not fit, and where.',
      items: {
        type: 'object',
        properties: {
          detail: text,
          pointer: { ...text, description: 'Into the body: a JSON pointer, as a fragment.' },
          in: { enum: ['path', 'query', 'header'] },
          parameter: text,
        },
        required: ['detail'],
      },
    },
  },
  required: ['type', 'title', 'status'],
};

/** Adds what all operations share to the book. */
export const problemComponents = (book: SchemaBook, settings: Problems): ProblemComponents => {
  const general = book.add('Problem', problem);
  const responses = {
    Problem: { description: 'It did not work.', content: { [media]: { schema: general } } },
  };
  return {
    responses,
    of: (operation, { faults }) => ({
      ...(faults.size === 0 ? {} : { [String(settings.status)]: faultResponse({ operation, faults }, settings, book) }),
      default: { $ref: '#/components/responses/Problem' },
    }),
  };
};

interface Faults {
  readonly operation: SoapOperation;
  readonly faults: ReadonlyMap<string, FaultMessage>;
}

const faultResponse = ({ operation, faults }: Faults, settings: Problems, book: SchemaBook): JsonObject => {
  const told = [...faults].map(([name, fault]) => problemOf(name, fault, { operation, settings, book }));
  const [only, second] = told;
  const schema = only !== undefined && second === undefined ? only.schema : { oneOf: told.map((each) => each.schema) };
  const examples: Record<string, Json> = {};
  for (const { key, example } of told) if (example !== undefined) examples[key] = { value: example };
  const names = [...faults.keys()].join(', ');
  const shown = Object.keys(examples).length === 0 ? {} : { examples };
  return { description: `A fault that the service declares: ${names}.`, content: { [media]: { schema, ...shown } } };
};

interface Around {
  readonly operation: SoapOperation;
  readonly settings: Problems;
  readonly book: SchemaBook;
}

const standard = new Set(['type', 'title', 'status', 'detail', 'instance', 'soap']);

const problemOf = (
  name: string,
  fault: FaultMessage,
  { operation, settings, book }: Around,
): { readonly key: string; readonly schema: JsonSchema; readonly example: Json | undefined } => {
  const detail = messageSchema(book, fault.shape, name);
  const fixed = { type: settings.typeOf(name), title: name, status: settings.status };
  const element = operation.faultElements.get(name);
  const detailType = element === undefined ? name : expanded(element);
  // Members of the detail stand beside those of the problem, where they are not named as one of these.
  const object = objectBehind(detail, book.named);
  const members = Object.entries((object?.['properties'] ?? {}) as Record<string, JsonSchema>);
  const schema: JsonSchema = {
    type: 'object',
    properties: {
      ...Object.fromEntries(Object.entries(fixed).map(([key, value]) => [key, { const: value }])),
      detail: text,
      soap: {
        type: 'object',
        properties: { detailType: { const: detailType }, detail },
        required: ['detailType', 'detail'],
      },
      ...Object.fromEntries(members.filter(([key]) => !standard.has(key))),
    },
    required: ['type', 'title', 'status', 'detail', 'soap'],
  };
  const value = exampleOf(fault);
  const beside = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const example: Json | undefined =
    value === undefined
      ? undefined
      : {
          ...fixed,
          detail: 'What the service says of it.',
          ...Object.fromEntries(beside.filter(([key]) => !standard.has(key))),
          soap: { detailType, detail: value },
        };
  const key = name.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return { key, schema: book.add(`${operation.name}.${key}`, schema), example };
};
