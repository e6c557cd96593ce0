import { Ajv2020 } from 'ajv/dist/2020.js';
import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { decodeReply, decodeRequest, encodeReply, encodeRequest } from '../contract/codec.ts';
import { wcf } from '../contract/dialect.ts';
import { enveloped, loadOrders, loadShapes, operationOf } from '../../../test/helpers/contracts.ts';
import { jsonOf, naiveXml, repliesOf, requestsOf } from '../../../test/helpers/instances.ts';
import { schemasOf } from './message-schema.ts';
import type { Json } from '../../adapter.ts';
import type { JsonSchema } from './json-schema.ts';

const numRuns = Number(process.env['LAW_RUNS'] ?? 300);
const contracts = await Promise.all([loadOrders(), loadShapes()]);
const operations = contracts.flatMap((contract) => Array.from(contract.operations.values()));
const type = 'text/xml; charset=utf-8';
const form = { version: '1.1', dialect: wcf } as const;

const validator = (schema: JsonSchema): ((json: Json) => boolean) => {
  // Own members only: elements may be named `constructor`. Formats are words for readers, not rules.
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    validateFormats: false,
    allowUnionTypes: true,
    ownProperties: true,
  });
  const validate = ajv.compile(schema);
  return (json) => validate(json);
};

const encodes = (act: () => unknown): boolean => {
  try {
    act();
    return true;
  } catch {
    return false;
  }
};

/** One value in it replaced by another kind, taken away, or joined by a stranger. */
const mutated = (json: Json, at: number, how: Json | undefined): Json => {
  let left = at;
  const walk = (value: Json): Json | undefined => {
    if (left-- === 0) return how;
    if (Array.isArray(value)) return value.map((each: Json) => walk(each) ?? null);
    if (typeof value !== 'object' || value === null) return value;
    const pairs = Object.entries(value).flatMap(([key, each]): [string, Json][] => {
      const next = walk(each);
      return next === undefined ? [] : [[key, next]];
    });
    if (left-- === 0) pairs.push(['$stranger', 1]);
    return Object.fromEntries(pairs);
  };
  return walk(json) ?? {};
};
/** What is wrong with these is a matter of kind, which JSON Schema can say as exactly as the codec. */
const others = fc.constantFrom<Json | undefined>(
  undefined,
  null,
  true,
  0.5,
  'no such thing',
  {},
  ['no such thing'],
  [[]],
);
/** The schema asks for digits in a string where the codec would also take a number. */
const agree = (
  t: ExecutionContext,
  said: { fits: boolean; encodes: boolean; how: Json | undefined; of: Json },
): void => {
  if (said.how === 0.5) t.true(said.encodes || !said.fits, JSON.stringify(said.of));
  else t.is(said.fits, said.encodes, JSON.stringify(said.of));
};

for (const operation of operations) {
  const { input, output } = operation;
  const schemas = schemasOf(operation);

  test(`${operation.name}: requests as they are read fit the schema`, (t) => {
    const fits = validator(schemas.input);
    if (input === null) {
      t.true(fits({}));
      t.false(fits({ a: 1 }));
      return;
    }
    fc.assert(
      fc.property(requestsOf(operation), (json) => {
        const xml = enveloped(naiveXml(input.name, input, json, () => 0.5));
        t.true(fits(decodeRequest(operation, Buffer.from(xml), type).input));
      }),
      { numRuns },
    );
  });

  test(`${operation.name}: what is no request of another kind is none to the schema either`, (t) => {
    const fits = validator(schemas.input);
    fc.assert(
      fc.property(requestsOf(operation), fc.nat(30), others, (json, at, how) => {
        const other = mutated(json, at, how);
        if (input === null && other === null) return;
        const taken = encodes(() => encodeRequest(operation, other, form));
        agree(t, { fits: fits(other), encodes: taken, how, of: other });
      }),
      { numRuns },
    );
  });

  if (output === null) continue;
  test(`${operation.name}: replies as they are read fit the schema`, (t) => {
    const fits = validator(schemas.output ?? {});
    fc.assert(
      fc.property(repliesOf(operation), fc.nat(30), others, (json, at, how) => {
        const bytes = encodeReply(operation, json, form);
        const read = decodeReply(operation, bytes, type);
        t.true(read.kind === 'value' && fits(read.json));
        const other = mutated(json, at, how);
        const taken = encodes(() => encodeReply(operation, other, form));
        agree(t, { fits: fits(other), encodes: taken, how, of: other });
      }),
      { numRuns },
    );
  });

  for (const [name, fault] of operation.messages?.faults ?? []) {
    test(`${operation.name}: details of ${name} fit the schema`, (t) => {
      const fits = validator(schemas.faults.get(name) ?? {});
      fc.assert(
        fc.property(jsonOf(fault.declared), (json) => t.true(fits(json))),
        { numRuns },
      );
    });
  }
}

test('one branch of a choice is there, and no two', async (t) => {
  const operation = operationOf(await loadShapes(), 'Choices');
  const fits = validator(schemasOf(operation).input);
  for (const [json, isRight] of [
    [{ card: 'x' }, true],
    [{ iban: '1', email: 'x' }, true],
    [{ voucher: [1, 2], phone: null }, true],
    [{}, false],
    [{ email: 'x' }, false],
    [{ card: 'x', iban: '1' }, false],
    [{ card: 'x', email: 'x', phone: 'x' }, false],
  ] as const) {
    t.is(fits(json), isRight, JSON.stringify(json));
    t.is(
      encodes(() => encodeRequest(operation, json, form)),
      isRight,
      JSON.stringify(json),
    );
  }
});

test('names with no counterpart in JSON Schema, and types that contain themselves, are no matter', async (t) => {
  const shapes = await loadShapes();
  const strange = validator(schemasOf(operationOf(shapes, 'Strange')).input);
  t.true(strange(JSON.parse('{"__proto__":"x","constructor":[1],"toString":"y"}') as Json));
  t.false(strange(JSON.parse('{"__proto__":1}') as Json));
  const recursive = validator(schemasOf(operationOf(shapes, 'Recursive')).input);
  const node = { value: 'a', children: [{ value: 'b', next: { value: 'c', children: null } }, null] };
  t.true(recursive({ root: node }));
  t.false(recursive({ root: { ...node, children: [{ value: 'b', next: { value: 1 } }] } }));
});
