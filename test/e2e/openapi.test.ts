// The REST face tells what it is: requests that it takes and replies that it gives are those of its own document.
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test, { type ExecutionContext } from 'ava';
import { ordersRig } from '../helpers/orders-rig.ts';

const route = (weight: number): string => `
  api:
    match: { path: /api/** }
    protocol: rest
    contract: old
    legacy: old
    modern: new
    operations:
      GetOrder: { call: 'GET /orders/{orderId}', weight: ${weight} }
      ListOrders: { call: 'GET /orders?customer={customer}&status={status}&max={max}', weight: ${weight} }
      PlaceOrder: { call: POST /orders, weight: ${weight} }
      CancelOrder: { weight: ${weight} }
`;

interface Described {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: Record<string, unknown>;
}
interface Operation {
  readonly operationId: string;
  readonly requestBody?: { content: Record<string, { schema: object; example: unknown }> };
  readonly responses: Record<string, { $ref?: string; content?: Record<string, { schema: object }> }>;
}

const face = async (t: ExecutionContext, weight: number) => {
  const { gateway } = await ordersRig(t, { getOrder: 0, more: route(weight) });
  const document = (await (await fetch(`${gateway.url}/api/openapi.json`)).json()) as Described;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'urn:the:document', ...document });
  const fits = (schema: object, json: unknown): boolean => {
    const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"urn:the:document#/');
    return ajv.validate(JSON.parse(text) as object, json);
  };
  const operationAt = (method: string, path: string): Operation => document.paths[path]![method.toLowerCase()]!;
  /** Asks, and holds the reply against what the document says of it. */
  const ask = async (
    method: string,
    path: string,
    of: { template?: string; body?: unknown } = {},
  ): Promise<unknown> => {
    const { responses } = operationAt(method, of.template ?? path);
    const init =
      of.body === undefined ? {} : { body: JSON.stringify(of.body), headers: { 'content-type': 'application/json' } };
    const reply = await fetch(gateway.url + path, { method, ...init });
    const text = await reply.text();
    const said = responses[String(reply.status)] ?? {
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
    if (said.content === undefined) {
      t.is(text, '');
      return null;
    }
    const { schema } = said.content[reply.headers.get('content-type') ?? ''] ?? { schema: { not: {} } };
    t.true(fits(schema, JSON.parse(text)), `${reply.status} ${text}`);
    return { status: reply.status, json: JSON.parse(text) as unknown };
  };
  return { url: gateway.url, document, fits, operationAt, ask };
};

test('the document is OpenAPI 3.1 to a validator that others wrote, with the places that the file says', async (t) => {
  const { document } = await face(t, 0);
  t.like(await new Validator().validate(structuredClone(document) as unknown as Record<string, unknown>), {
    valid: true,
  });
  const calls = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId }]) => `${operationId}: ${method.toUpperCase()} ${path}`),
  );
  for (const call of ['GetOrder: GET /api/orders/{orderId}', 'PlaceOrder: POST /api/orders', 'Ping: POST /api/Ping'])
    t.true(calls.includes(call), calls.join('\n'));
});

for (const [side, weight] of [
  ['legacy', 0],
  ['modern', 100],
] as const) {
  test(`${side}: replies are those of the document: answers, declared faults, other problems`, async (t) => {
    const { ask, operationAt, fits } = await face(t, weight);
    t.like(await ask('GET', '/api/orders/1001', { template: '/api/orders/{orderId}' }), { status: 200 });
    t.like(await ask('GET', '/api/orders/900001', { template: '/api/orders/{orderId}' }), { status: 422 });
    t.like(await ask('GET', '/api/orders/x', { template: '/api/orders/{orderId}' }), { status: 400 });
    t.like(await ask('GET', '/api/orders?max=2', { template: '/api/orders' }), { status: 200 });
    t.like(await ask('POST', '/api/orders', { body: { order: 1 } }), { status: 400 });
    const { schema, example } = operationAt('POST', '/api/orders').requestBody!.content['application/json']!;
    t.true(fits(schema, example));
    const lines = [{ Sku: 'A-1', Quantity: 2, Price: '9.95' }];
    const body = { order: { ClientRef: 'ref-1', CustomerCode: 'C1', Lines: lines, Note: null } };
    t.true(fits(schema, body));
    await ask('POST', '/api/orders', { body });
    await ask('POST', '/api/CancelOrder', { body: { orderId: '1002', reason: 'no more' } });
    await ask('POST', '/api/Ping', { body: {} });
  });
}

test('the page is there, with its style, and asks for nothing else', async (t) => {
  const { url } = await face(t, 0);
  const page = await fetch(`${url}/api/openapi.html`);
  t.is(page.status, 200);
  t.is(page.headers.get('content-type'), 'text/html; charset=utf-8');
  t.true((await page.text()).includes('GET /api/orders/{orderId}'));
  t.is((await fetch(`${url}/api/openapi.css`)).headers.get('content-type'), 'text/css; charset=utf-8');
  t.is((await fetch(`${url}/api/openapi.json`, { method: 'POST' })).status, 405);
});
