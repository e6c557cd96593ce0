import test from 'ava';
import { catalog } from '../../../test/helpers/catalog.ts';
import { loadContract } from '../contract/contract.ts';
import { loadOrders, loadShapes } from '../../../test/helpers/contracts.ts';
import { identifier, quoted } from './identifier.ts';
import { scaffoldOf } from './scaffold.ts';
import { TypeNames, typeText } from './type-text.ts';
import { valueText } from './value-text.ts';

const names = new TypeNames(['Order', 'string', 'a-b', 'a.b']);

const object = { type: 'object', additionalProperties: false };

test('a schema as a type', (t) => {
  t.is(typeText({ type: ['string', 'null'], pattern: 'x' }, names), 'string | null');
  t.is(
    typeText({ type: 'array', items: { anyOf: [{ $ref: '#/Order' }, { type: 'null' }] } }, names),
    'readonly (Order | null)[]',
  );
  t.is(typeText({ anyOf: [{ type: 'number' }, { enum: ['INF', '-INF'] }] }, names), `number | 'INF' | '-INF'`);
  t.is(typeText({ ...object, properties: {} }, names), 'Record<string, never>');
  t.is(typeText({ not: {} }, names), 'never');
  t.is(typeText({ anyOf: [{ type: 'string', pattern: 'x' }, { enum: ['', `'|'`] }] }, names), 'string');
  t.is(typeText({ anyOf: [{ type: 'number' }, { enum: [1, true, 'x'] }] }, names), `number | true | 'x'`);
  t.is(typeText({ anyOf: [{ type: 'null' }, {}] }, names), 'unknown');
  const wild = { ...object, properties: {}, patternProperties: { '^\\{': { type: 'string' } } };
  const open = { type: 'object', properties: { $type: { type: 'string' } }, required: ['$type'] };
  t.is(typeText(open, names), '{\n  readonly $type: string;\n  readonly [name: string]: unknown;\n}');
  t.is(typeText(wild, names), '{\n  readonly [name: `{${string}`]: string;\n}');
  const choice = {
    ...object,
    properties: { a: { type: 'integer' }, 'b-c': { const: true } },
    required: ['a'],
    oneOf: [{ required: ['a'] }, { required: ['b-c'] }],
  };
  t.is(typeText(choice, names), `{\n  readonly a: number;\n  readonly 'b-c'?: true;\n}`);
});

test('no two schemas share a type, none is named like one of the language', (t) => {
  t.deepEqual(
    ['Order', 'string', 'a-b', 'a.b'].map((name) => names.of(name)),
    ['Order', 'string_', 'a_b', 'a_b_'],
  );
  t.deepEqual(['delete', '1st', 'ä'].map(identifier), ['delete_', '_1st', '_']);
});

test('values are written so that they are what they were', (t) => {
  const value = JSON.parse(
    `{"__proto__":"it's","a-b":["${'x'.repeat(90)}",{"c":null}],"d":{},"e":"\\"\\\\\\n\\u2028"}`,
  ) as never;
  // oxlint-disable-next-line no-eval -- the only judge of what an expression is
  const back = (0, eval)(`(${valueText(value)})`) as unknown;
  t.is(JSON.stringify(back), JSON.stringify(value));
  t.true(Object.hasOwn(back as object, '__proto__'));
  t.is(quoted(`'"\n`), String.raw`'\'"\n'`);
});

test('every operation has types, a handler, a test and schemas; the same every time', async (t) => {
  const orders = await loadOrders();
  const files = scaffoldOf(orders, '../OrderService.wsdl');
  const text = (path: string): string => files.find((each) => each.path === path)?.text ?? '';
  for (const name of orders.operations.keys()) {
    t.true(text('types.ts').includes(`export type ${name}Input =`), name);
    t.true(text('handlers.ts').includes(`export const ${name}: Handler<types.${name}Input, `), name);
    t.true(text('handlers.test.ts').includes(`contract.ask('${name}', handlers.${name}, input)`), name);
    t.true(text(`schemas/${name}.input.json`).includes('"$schema"'), name);
  }
  t.true(text('handlers.ts').includes('/** Its faults: OrderNotFoundFault (types.GetOrderOrderNotFoundFault). */'));
  t.true(text('handlers.ts').includes('Handler<types.NotifyInput, void>'));
  t.deepEqual(scaffoldOf(orders, '../OrderService.wsdl'), files);
  t.deepEqual(
    files.filter(({ isYours }) => isYours).map(({ path }) => path),
    ['handlers.ts', 'handlers.test.ts'],
  );
});

test('one branch of a choice is told where a type cannot', async (t) => {
  const [types] = scaffoldOf(await loadShapes(), 'shapes.wsdl');
  t.true(types?.text.includes('/** Exactly one of card, iban, voucher. At most one of email, phone. */'));
});

test('headers that the contract declares have types, those of replies within the answer', async (t) => {
  const files = scaffoldOf(await loadContract(catalog.wsdl), '../Catalog.wsdl');
  const text = (path: string): string => files.find((each) => each.path === path)?.text ?? '';
  const type = 'Handler<types.PriceStampedInput, types.PriceStampedOutput, types.PriceStampedHeaders>';
  t.true(text('handlers.ts').includes(`export const PriceStamped: ${type} =`));
  t.true(text('types.ts').includes('export type PriceStampedHeaders = {\n  readonly Token?: string | null;\n};'));
  t.regex(
    text('types.ts'),
    /PriceStampedOutput = \{\n {2}readonly \$headers: \{\n {4}readonly Stamp: string \| null \| \{/,
  );
  t.regex(text('schemas/PriceStamped.headers.json'), /"Token"/);
  t.is(text('schemas/GetTree.headers.json'), '');
});
