import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { catalog as files } from '../../../test/helpers/catalog.ts';
import { loadContract } from '../contract/contract.ts';
import { loadOrders, loadShapes, operationOf } from '../../../test/helpers/contracts.ts';
import { repliesOf, requestsOf } from '../../../test/helpers/instances.ts';
import { bindingsOf, type Bindings } from '../../calling.ts';
import type { Offered } from './binding.ts';
import { openApiOf } from './openapi.ts';
import type { Json } from '../../adapter.ts';
import type { SoapContract } from '../contract/contract.ts';
import type { JsonSchema } from './json-schema.ts';

const [orders, shapes, catalog] = await Promise.all([loadOrders(), loadShapes(), loadContract(files.wsdl)]);
const problems = { status: 422, typeOf: (fault: string) => `urn:soap-fault:test:${fault}` };
const options = { title: 'Orders', mount: '/api/orders', problems };
const offeredBy = (contract: SoapContract, calls: Readonly<Record<string, Partial<Bindings>>> = {}): Offered[] =>
  [...contract.operations.values()].map((operation) => ({
    operation,
    bindings: { ...bindingsOf(null, operation), ...calls[operation.name] },
  }));

/** As much of a document as the tests look at. */
interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}
type Content = Readonly<
  Record<string, { schema: JsonSchema; example?: Json; examples?: Record<string, { value: Json }> }>
>;
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: JsonSchema; example?: Json }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { content?: Content; description?: string }>>;
}

const documentOf = (contract: SoapContract, offered = offeredBy(contract)): Document =>
  openApiOf(contract, offered, options) as unknown as Document;

/** Judges by schemas of a document. */
const judge = (document: Document): ((schema: JsonSchema, json: Json) => boolean) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, ownProperties: true });
  ajv.addSchema({ $id: 'urn:the:document', components: document.components as object });
  const known = new Map<JsonSchema, (json: Json) => boolean>();
  const compile = (schema: JsonSchema): ((json: Json) => boolean) => {
    const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"urn:the:document#/');
    const validate = ajv.compile(JSON.parse(text) as object);
    return (json) => validate(json);
  };
  return (schema, json) => {
    const validate = known.get(schema) ?? compile(schema);
    known.set(schema, validate);
    return validate(json);
  };
};

const everyOperation = ({ paths }: Document): Operation[] =>
  Object.values(paths).flatMap((path) => Object.values(path));

const valid = async (t: ExecutionContext, document: Document): Promise<void> => {
  const copy = JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
  t.like(await new Validator().validate(copy), { valid: true });
};

const got: Partial<Bindings> = {
  method: 'GET',
  path: '/orders/{orderId}',
  parameters: [{ is: 'member', name: 'orderId' }],
  query: [{ key: 'full%20text', value: { is: 'text', text: 'true' } }],
  body: 'none',
  placed: ['orderId'],
};
const listed: Partial<Bindings> = {
  path: '/orders',
  query: [{ key: 'customer', value: { is: 'member', name: 'customer' } }],
  headers: [{ key: 'X-Kind', value: { is: 'member', name: 'kind' } }],
  placed: ['customer', 'kind'],
};

test('the documents are OpenAPI 3.1 to a validator that others wrote', async (t) => {
  await valid(t, documentOf(orders));
  await valid(t, documentOf(shapes));
  await valid(t, documentOf(orders, offeredBy(orders, { GetOrder: got, ListOrders: listed })));
});

test('the same contract gives the same document', (t) => {
  t.is(JSON.stringify(documentOf(shapes)), JSON.stringify(documentOf(shapes)));
  t.deepEqual(
    everyOperation(documentOf(orders)).map((each) => each.operationId),
    [...orders.operations.keys()],
  );
});

for (const contract of [orders, shapes]) {
  const document = documentOf(contract);
  const fits = judge(document);
  for (const operation of contract.operations.values()) {
    const told = document.paths[`/api/orders/${operation.name}`]?.['post'];

    test(`${operation.name}: every example fits its own schema`, (t) => {
      const contents = [
        told?.requestBody?.content ?? {},
        ...Object.values(told!.responses).map((each) => each.content ?? {}),
      ];
      const unfit: unknown[] = [];
      for (const { schema, example, examples } of contents.flatMap((each) => Object.values(each))) {
        const all = [
          ...(example === undefined ? [] : [example]),
          ...Object.values(examples ?? {}).map(({ value }) => value),
        ];
        unfit.push(...all.filter((each) => !fits(schema, each)));
      }
      t.deepEqual(unfit, []);
    });

    test(`${operation.name}: what may be asked and answered fits the document`, (t) => {
      const body = told?.requestBody?.content['application/json']?.schema;
      const answer = told?.responses['200']?.content?.['application/json']?.schema;
      fc.assert(
        fc.property(requestsOf(operation), repliesOf(operation), (input, output) => {
          t.true(body === undefined ? JSON.stringify(input) === '{}' : fits(body, input));
          t.true(answer === undefined ? JSON.stringify(output) === '{}' : fits(answer, output));
        }),
        { numRuns: 50 },
      );
    });
  }
}

test('members stand where the call says, and the body is what is left', (t) => {
  const document = documentOf(orders, offeredBy(orders, { GetOrder: got, ListOrders: listed }));
  const get = document.paths['/api/orders/orders/{orderId}']?.['get'];
  t.is(get?.requestBody, undefined);
  t.like(get?.parameters, [
    { name: 'orderId', in: 'path', required: true, schema: { type: 'string', format: 'int64' }, example: '1' },
    { name: 'full text', in: 'query', schema: { const: 'true' } },
  ]);
  const list = document.paths['/api/orders/orders']?.['post'];
  t.deepEqual(
    list?.parameters?.map((each) => [each.name, each.in, each.required ?? false]),
    [
      ['customer', 'query', false],
      ['X-Kind', 'header', false],
    ],
  );
  t.like(list?.parameters, [{ schema: { type: 'string' } }, { schema: { $ref: '#/components/schemas/Kind' } }]);
});

test('paths that differ in the name of a parameter are one path', async (t) => {
  const cancel: Partial<Bindings> = { ...got, method: 'DELETE', path: '/orders/{id}', query: [] };
  const offered = [
    {
      operation: operationOf(orders, 'GetOrder'),
      bindings: { ...bindingsOf(null, operationOf(orders, 'GetOrder')), ...got },
    },
    {
      operation: operationOf(orders, 'Notify'),
      bindings: { ...bindingsOf(null, operationOf(orders, 'Notify')), ...cancel },
    },
  ];
  const document = documentOf(orders, offered);
  t.deepEqual(Object.keys(document.paths), ['/api/orders/orders/{orderId}']);
  t.like(document.paths['/api/orders/orders/{orderId}']?.['delete']?.parameters, [{ name: 'orderId' }]);
  await valid(t, document);
});

test('declared faults are problems with a type of their own; nothing else is 422', (t) => {
  const { GetOrder, Ping } = Object.fromEntries(
    everyOperation(documentOf(orders)).map((each) => [each.operationId, each]),
  );
  const document = documentOf(orders);
  const schema = document.components.schemas['GetOrder.OrderNotFoundFault'] as { properties: object };
  t.like(schema.properties, { type: { const: 'urn:soap-fault:test:OrderNotFoundFault' }, status: { const: 422 } });
  t.deepEqual(Object.keys(GetOrder!.responses), ['200', '422', 'default']);
  t.deepEqual(Object.keys(Ping!.responses), ['204', 'default']);
});

test('what is one-way is accepted, what answers nothing has no content', (t) => {
  const statuses = (contract: SoapContract, name: string) =>
    Object.keys(documentOf(contract).paths[`/api/orders/${name}`]?.['post']?.responses ?? {});
  t.deepEqual(statuses(orders, 'Notify'), ['202', 'default']);
  t.deepEqual(statuses(shapes, 'Empty'), ['204', 'default']);
});

test('headers of a reply are part of its answer', async (t) => {
  const document = documentOf(
    catalog,
    offeredBy(catalog).filter(({ operation }) => operation.passThroughOnly === null),
  );
  t.true((await new Validator().validate(structuredClone(document) as never)).valid);
  const { schema, example } =
    document.paths['/api/orders/PriceStamped']!['post']!.responses['200']!.content!['application/json']!;
  const fits = judge(document);
  t.true(fits(schema, example!));
  t.true(fits(schema, { $headers: { Stamp: null }, Total: '1.10' }));
  t.true(fits(schema, { $headers: { Stamp: { $absent: true } } }));
  t.false(fits(schema, { $headers: {}, Total: '1.10' }));
  t.false(fits(schema, { Total: '1.10' }));
});
