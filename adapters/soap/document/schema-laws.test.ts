// Every kind of schema: what the codec reads fits the JSON Schema that is made of it, and examples are what it takes.
import { Ajv2020 } from 'ajv/dist/2020.js';
import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { decodeReply, decodeRequest, encodeReply, encodeRequest } from '../contract/codec.ts';
import { wcf } from '../contract/dialect.ts';
import { enveloped } from '../../../test/helpers/contracts.ts';
import { xmlOf } from '../../../test/helpers/generated-xml.ts';
import { lawNames, loadLaw } from '../../../test/helpers/law-contracts.ts';
import { exampleOf } from './example.ts';
import { schemasOf } from './message-schema.ts';
import type { Json } from '../../adapter.ts';
import type { SoapOperation } from '../contract/contract.ts';
import type { MessageCodec } from '../contract/message.ts';
import type { JsonSchema } from './json-schema.ts';

const numRuns = Number(process.env['LAW_RUNS'] ?? 300);
const seeds = fc.noShrink(fc.integer({ min: 1, max: 2 ** 31 - 2 }));
const type = 'text/xml; charset=utf-8';
const form = { version: '1.1', dialect: wcf } as const;

const validator = (schema: JsonSchema) =>
  new Ajv2020({ strict: false, validateFormats: false, ownProperties: true }).compile(schema);

const replyOf = (operation: SoapOperation, bytes: Buffer): Json => {
  const reply = decodeReply(operation, bytes, type);
  if (reply.kind !== 'value') throw new Error(`a ${reply.kind}; expected a value`);
  return reply.json;
};

interface Way {
  readonly message: MessageCodec;
  readonly schema: JsonSchema;
  readonly decode: (bytes: Buffer) => Json;
  readonly encode: (json: Json) => Buffer;
}

const exemplary = (t: ExecutionContext, { message, schema, decode, encode }: Way): void => {
  const example = exampleOf(message);
  if (example === undefined) return t.fail('no example');
  t.true(validator(schema)(example), JSON.stringify(example));
  t.deepEqual(decode(encode(example)), example);
};

/** The value with a member too many, at each place where the schema says which there are: not where any type may stand. */
const strangers = (json: Json): Json[] => {
  if (typeof json !== 'object' || json === null) return [];
  if (Array.isArray(json)) {
    const list: readonly Json[] = json;
    return list.flatMap((each, at) => strangers(each).map((other): Json => list.with(at, other)));
  }
  const object = json as { readonly [key: string]: Json };
  const { $type: label } = object;
  if (typeof label === 'string' && /^(?:xs:|\{)/.test(label)) return [];
  const found: Json[] = [{ ...object, $stranger: 'x' }];
  for (const [key, each] of Object.entries(object))
    for (const other of strangers(each)) found.push({ ...object, [key]: other });
  return found;
};

const laws = await Promise.all(lawNames.map(async (name) => ({ name, contract: (await loadLaw(name)).contract })));

for (const { name, contract } of laws) {
  for (const operation of contract.operations.values()) {
    const { input, output, messages } = operation;
    if (input === null || output === null || messages?.reply === null || messages === null) continue;
    const schemas = schemasOf(operation);
    const ways: [string, typeof input, Way][] = [
      [
        'requests',
        input,
        {
          message: messages.request,
          schema: schemas.input,
          decode: (bytes) => decodeRequest(operation, bytes, type).input,
          encode: (json) => encodeRequest(operation, json, form),
        },
      ],
      [
        'replies',
        output,
        {
          message: messages.reply,
          schema: schemas.output ?? {},
          decode: (bytes) => replyOf(operation, bytes),
          encode: (json) => encodeReply(operation, json, form),
        },
      ],
    ];
    for (const [kind, declared, way] of ways) {
      test(`${name}: ${kind} of ${operation.name} fit their schema as they are read, and nothing is let in beside`, (t) => {
        const fits = validator(way.schema);
        fc.assert(
          fc.property(seeds, (seed) => {
            const xml = xmlOf(declared.name, declared, { types: contract.types, seed });
            const json = way.decode(Buffer.from(enveloped(xml)));
            t.true(fits(json), `${JSON.stringify(json)} ${JSON.stringify(fits.errors?.[0])}`);
            const others = strangers(json);
            const other = others[seed % others.length];
            if (other !== undefined && fits(other)) t.notThrows(() => way.encode(other), JSON.stringify(other));
          }),
          { numRuns },
        );
      });
      test(`${name}: the example of ${kind} of ${operation.name} is taken, and fits`, (t) => exemplary(t, way));
    }
  }
}
