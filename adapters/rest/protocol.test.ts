import test, { type ExecutionContext } from 'ava';
import { restOperations } from '../../gateway/routing/rest-operations.ts';
import { loadOrders, operationOf } from '../../test/helpers/contracts.ts';
import { noDeadline, soapCall } from '../../test/helpers/soap-call.ts';
import { SendError } from '../errors.ts';
import { restBridge } from './bridge.ts';
import { restFace } from './face.ts';
import { restProtocol } from './protocol.ts';
import type { Answer, Ask, Call, Calling, Identified, Json, Reply } from '../adapter.ts';

const contract = await loadOrders();
const calling = (request: string, more: Partial<Calling> = {}): Calling => ({
  request,
  headers: {},
  body: null,
  ...more,
});
const calls = new Map<string, Calling | null>([
  ['GetOrder', calling('GET /orders/{orderId}')],
  ['ListOrders', calling('POST /search?kind={kind}', { headers: { 'X-Customer': '{customer}' } })],
  ['PlaceOrder', calling('PUT /orders', { body: 'order' })],
]);
const face = restFace(contract, { mount: '/api', calls, lookup: restOperations });
const text = Buffer.from('{"openapi":"3.1.0"}');
const protocol = restProtocol(face, [{ path: '/openapi.json', type: 'application/json', bytes: () => text }]);

const callOf = (method: string, target: string, json?: unknown, raw: readonly string[] = []): Call => {
  const body =
    json === undefined ? Buffer.alloc(0) : Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
  return soapCall({ method, target, raw: ['Content-Type', 'application/json', ...raw], body });
};

interface Told {
  readonly status: number;
  readonly lines: readonly string[];
  readonly json: Json;
}
const told = (reply: Reply): Told => {
  const bytes = reply.body.bytes?.toString() ?? '';
  return { status: reply.head.status, lines: reply.head.raw, json: bytes === '' ? null : (JSON.parse(bytes) as Json) };
};
const answered = (t: ExecutionContext, found: Identified): Told => {
  if (found.is !== 'answered') t.fail(`is ${found.is}`);
  return found.is === 'answered' ? told(found.reply) : { status: 0, lines: [], json: null };
};

interface Story {
  readonly operation?: string;
  readonly call?: Call;
  readonly answer?: Answer;
}
/** One call that is understood, what was asked, and the reply. */
const tell = async (
  t: ExecutionContext,
  { operation = 'GetOrder', call = callOf('GET', '/api/orders/7'), answer }: Story,
) => {
  const asks: Ask[] = [];
  t.like(await protocol.identify(call, noDeadline), { is: 'operation', name: operation });
  const send = restBridge({
    contract,
    operation: operationOf(contract, operation),
    identity: null,
    invoke: async (ask) => {
      asks.push(ask);
      return answer ?? { kind: 'value', json: { Name: 'x' } };
    },
  });
  const reply = await send(call, noDeadline);
  return { input: asks[0]?.input, reply, ...told(reply) };
};

test('a document of its own is answered for GET and HEAD, and for no other method', async (t) => {
  const at = (method: string) => protocol.identify(callOf(method, '/api/openapi.json?v=1'), noDeadline);
  t.like(answered(t, await at('GET')), { status: 200, json: { openapi: '3.1.0' } });
  t.is(answered(t, await at('HEAD')).status, 200);
  const options = answered(t, await at('OPTIONS'));
  t.is(options.status, 204);
  t.false(options.lines.includes('Content-Length'));
  const { status, lines } = answered(t, await at('POST'));
  t.is(status, 405);
  t.is(lines[lines.indexOf('Allow') + 1], 'GET, HEAD, OPTIONS');
});

test('input comes from path, query, headers and body, in the form of the contract', async (t) => {
  t.deepEqual((await tell(t, {})).input, { orderId: '7' });
  const search = callOf('POST', '/api/search?kind=Wholesale', undefined, ['X-Customer', 'C 1']);
  const list: Answer = { kind: 'value', json: [] };
  t.deepEqual((await tell(t, { operation: 'ListOrders', call: search, answer: list })).input, {
    customer: 'C 1',
    kind: 'Wholesale',
  });
  // Numbers as clients may write them: a decimal keeps its zeros, a long is text from here on.
  const put = callOf('PUT', '/api/orders', '{"Name":"x","Big":7,"Amount":1.10}', ['Content-Type', 'application/json']);
  const receipt: Answer = { kind: 'value', json: { result: '1' } };
  t.deepEqual((await tell(t, { operation: 'PlaceOrder', call: put, answer: receipt })).input, {
    order: { Amount: '1.10', Big: '7', Name: 'x' },
  });
});

test('what stands in query or headers does not stand in the body as well', async (t) => {
  const { status, json } = answered(
    t,
    await protocol.identify(callOf('POST', '/api/search', { kind: 'Retail' }), noDeadline),
  );
  t.is(status, 400);
  t.like(json, { errors: [{ pointer: '#/kind' }] });
});

test('a name that comes twice in a body is refused with its place', async (t) => {
  const call = callOf('POST', '/api/search?kind=Retail', '{"page":{"size":1,"size":2}}');
  const { status, json } = answered(t, await protocol.identify(call, noDeadline));
  t.is(status, 400);
  t.like(json, { errors: [{ pointer: '#/page/size', detail: 'a name that stands there twice' }] });
});

const slashes = restFace(contract, {
  mount: '/api',
  calls: new Map([
    ['Notify', calling('DELETE /notes/{message}')],
    ['GetOrder', calling('GET /notes/{orderId}/lines')],
  ]),
  lookup: restOperations,
});

test('an encoded slash in a path belongs to its parameter', async (t) => {
  const found = slashes.find('DELETE', '/api/notes/a%2Flines%2fb?x=/..');
  t.is(found?.operation.name, 'Notify');
  t.is(slashes.find('GET', '/api/notes/a%2Flines'), null);
  t.is(slashes.find('DELETE', '/api/notes%2Fa'), null);
  const call = callOf('DELETE', '/api/notes/a%2Flines');
  t.like(await restProtocol(slashes, []).identify(call, noDeadline), { is: 'operation', name: 'Notify' });
  t.is(slashes.find('DELETE', '/api/notes/a/lines'), null);
});

for (const path of ['..%2Fa', '%2e%2E%2Fa', 'a%2F..', 'a%2F.%2Fb', 'a%5C..%2Fb', '..;x%2Fb'])
  test(`an encoded slash beside a dot segment is no parameter: ${path}`, (t) => {
    t.is(slashes.find('DELETE', `/api/notes/${path}`), null);
  });

test('a misfit in a body that is one member is pointed at in that body', async (t) => {
  const { json } = answered(
    t,
    await protocol.identify(callOf('PUT', '/api/orders', { Name: 'x', Big: 1.5 }), noDeadline),
  );
  t.like(json, { status: 400, errors: [{ pointer: '#/Big' }] });
});

test('a wrong request is still counted for the operation that it meant', async (t) => {
  t.like(await protocol.identify(callOf('GET', '/api/orders/x'), noDeadline), { is: 'answered', name: 'GetOrder' });
});

test('an answer is checked, and told as the contract has it', async (t) => {
  const loose: Answer = { kind: 'value', json: { Name: 'x', Big: 7, Amount: 3 } };
  t.deepEqual((await tell(t, { answer: loose })).json, { Amount: '3', Big: '7', Name: 'x' });
  const broken: Answer = { kind: 'value', json: { Name: 'x', Amount: 'dear' } };
  const error = await t.throwsAsync(tell(t, { answer: broken }), { instanceOf: SendError });
  t.like(error, { reason: 'contract', reached: 'all' });
  const accepted = await t.throwsAsync(tell(t, { answer: { kind: 'accepted' } }), { instanceOf: SendError });
  t.is(accepted?.reason, 'contract');
});

test('a reply that can say nothing is 204, a one-way operation 202', async (t) => {
  const ping = { operation: 'Ping', call: callOf('POST', '/api/Ping'), answer: { kind: 'value', json: {} } } as const;
  t.like(await tell(t, ping), { status: 204, json: null });
  const notify = {
    operation: 'Notify',
    call: callOf('POST', '/api/Notify', {}),
    answer: { kind: 'accepted' },
  } as const;
  t.like(await tell(t, notify), { status: 202, json: null });
});

test('a declared fault is a problem that nobody is to blame for', async (t) => {
  const fault = { name: 'OrderNotFoundFault', detail: { OrderId: 7 }, message: 'gone' };
  const { status, json, reply } = await tell(t, { answer: { kind: 'fault', fault } });
  t.is(status, 422);
  t.deepEqual(reply.verdict, { blame: 'nobody', fault: { name: 'OrderNotFoundFault', code: '' } });
  t.like(json, { type: 'urn:soap-fault:contoso.example/orders:OrderNotFoundFault', detail: 'gone', OrderId: '7' });
});

test('an undeclared fault is the client’s or the destination’s', async (t) => {
  const plain = { codes: ['{x}Client'], message: 'no' };
  const client = await tell(t, { answer: { kind: 'plain-fault', fault: { ...plain, blame: 'client', status: 400 } } });
  t.deepEqual(client.reply.verdict, { blame: 'client', fault: { name: null, code: 'Client' } });
  t.like(client.json, { status: 400, detail: 'no', soap: { codes: ['{x}Client'] } });
  const server = await tell(t, {
    answer: { kind: 'plain-fault', fault: { ...plain, blame: 'destination', status: 502 } },
  });
  t.like(server.reply.verdict, { blame: 'destination', reason: 'fault' });
  const refused = await tell(t, { answer: { kind: 'plain-fault', fault: { ...plain, blame: 'client', status: 401 } } });
  t.true(refused.lines.includes('WWW-Authenticate'));
});

test('two operations in one place, and parameters that cannot be, are told', (t) => {
  const made =
    (...entries: [string, Calling][]) =>
    () =>
      restFace(contract, { mount: '/api', calls: new Map(entries), lookup: restOperations });
  t.throws(made(['GetOrder', calling('POST /a/{orderId}')], ['Ping', calling('POST /a/{x}')]), {
    message: /\{x\} is no member/,
  });
  t.throws(made(['Ping', calling('POST /Notify')]), {
    message: /Notify and Ping are both at POST \/Notify|Ping and Notify/,
  });
  t.throws(made(['PlaceOrder', calling('POST /{order}')]), { message: /\{order\} is a structure/ });
  t.throws(made(['Ping', calling('POST /{soapHeader:X}')]), { message: /speak no SOAP/ });
});
