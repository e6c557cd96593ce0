import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { decodeReply, decodeRequest, encodeReply, encodeRequest } from '../contract/codec.ts';
import { wcf } from '../contract/dialect.ts';
import { xsdPattern } from '../contract/schema/patterns.ts';
import { loadOrders, loadShapes, operationOf } from '../../../test/helpers/contracts.ts';
import { exampleOf } from './example.ts';
import { schemasOf } from './message-schema.ts';
import { samplesOf } from './sample-text.ts';

const contracts = await Promise.all([loadOrders(), loadShapes()]);
const operations = contracts.flatMap((contract) => Array.from(contract.operations.values()));
const form = { version: '1.1', dialect: wcf } as const;
const type = 'text/xml; charset=utf-8';

for (const operation of operations) {
  test(`${operation.name}: its examples are what the codec takes and gives back, and fit its schemas`, (t) => {
    const { messages } = operation;
    const schemas = schemasOf(operation);
    const ajv = new Ajv2020({ strict: false, validateFormats: false, ownProperties: true });
    const input = exampleOf(messages!.request) ?? null;
    t.deepEqual(decodeRequest(operation, encodeRequest(operation, input, form), type).input, input);
    t.true(ajv.validate(schemas.input, input));
    for (const [name, fault] of messages!.faults) {
      t.true(ajv.validate(schemas.faults.get(name)!, exampleOf(fault)), JSON.stringify(exampleOf(fault)));
    }
    if (messages!.reply === null) return;
    const json = exampleOf(messages!.reply) ?? null;
    t.deepEqual(decodeReply(operation, encodeReply(operation, json, form), type), { kind: 'value', json });
    t.true(ajv.validate(schemas.output!, json));
  });
}

test('an example shows what there is: members, derived types, one branch of a choice', async (t) => {
  const shapes = await loadShapes();
  t.deepEqual(exampleOf(operationOf(shapes, 'Recursive').messages!.request), {
    root: { value: 'text', children: [] },
    shapes: [{ $type: 'Circle', $attributes: { id: 1 }, name: 'text', radius: 1.5 }],
  });
  t.deepEqual(exampleOf(operationOf(shapes, 'Choices').messages!.request), {
    card: 'text',
    email: 'text',
    note: 'text',
    hint: 'text',
  });
});

for (const source of [
  '[A-Z]{2}\\d{4,6}',
  '(ab|c)+-?\\d*',
  '\\i\\c{3}',
  '\\p{Lu}.[^a-zA-Z0-9]',
  '(\\+49|0)[1-9]\\d{6,}',
]) {
  test(`a text is found for ${source}`, (t) => {
    const pattern = xsdPattern(source)!;
    const [text = null] = samplesOf(pattern);
    t.true(text !== null && pattern.test(text));
  });
}
