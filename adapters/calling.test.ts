import test from 'ava';
import { bindingsOf } from './calling.ts';
import { callTemplate, type HttpAsk } from './http/call-template.ts';
import { RequestError } from './errors.ts';
import type { Calling, Json } from './adapter.ts';

const operation = {
  name: 'Do',
  oneWay: false,
  passThroughOnly: null,
  inputs: ['id', 'full', 'order', 'tags'],
  faults: [],
  isVoid: false,
};

const calling = (request: string, more: Partial<Calling> = {}): Calling => ({
  request,
  headers: {},
  body: null,
  ...more,
});

const soapHeaders: Readonly<Record<string, string>> = { ClientId: 'acme', Wide: 'ü' };
const ask = (call: Calling | null, input: Json): HttpAsk =>
  callTemplate(bindingsOf(call, operation))({ input, soapHeader: (name) => soapHeaders[name] ?? null });

const all = { id: 'a/b c', full: true, order: { Note: 'x' }, tags: ['p', 'q&r'] };

test('without a call everything is in the body of POST and its name', (t) => {
  t.deepEqual(ask(null, all), { method: 'POST', target: '/Do', headers: [], body: all });
});

test('what stands in path, query and headers is not in the body', (t) => {
  const call = calling('PUT /orders/{id}/lines?tag={tags}&v=2', { headers: { 'X-Full': '{full}', 'X-Kind': 'plain' } });
  t.deepEqual(ask(call, all), {
    method: 'PUT',
    target: '/orders/a%2Fb%20c/lines?tag=p&tag=q%26r&v=2',
    headers: ['X-Full', 'true', 'X-Kind', 'plain'],
    body: { order: { Note: 'x' } },
  });
});

test('one member may be the whole body', (t) => {
  const call = calling('POST /orders/{id}?full={full}&tag={tags}', { body: 'order' });
  t.deepEqual(ask(call, all).body, { Note: 'x' });
  t.deepEqual(ask(call, { ...all, order: null }).body, null);
  t.throws(() => ask(call, { id: '1' }), { instanceOf: RequestError, message: /\/order: absent/ });
});

test('texts of SOAP headers go where the file says, and are left out where the call has none', (t) => {
  const headers = { 'X-Client': '{soapHeader:ClientId}', 'X-None': '{soapHeader:None}' };
  t.deepEqual(ask(calling('POST /do/{soapHeader:ClientId}', { headers }), {}), {
    method: 'POST',
    target: '/do/acme',
    headers: ['X-Client', 'acme'],
    body: {},
  });
});

test('what is absent or nil leaves its pair out', (t) => {
  const call = calling('GET /o/{id}?full={full}&order={order}&tag={tags}');
  t.is(ask(call, { id: '1', full: null, order: null, tags: [] }).target, '/o/1');
});

const unsendable = test.macro((t, call: Calling, input: Json, message: RegExp) => {
  t.throws(() => ask(call, input), { instanceOf: RequestError, message });
});
const get = calling('GET /o/{id}?full={full}&order={order}&tag={tags}');
test('a path needs its parameters', unsendable, get, {}, /^\/id: absent/);
test('a path takes no dot segment', unsendable, get, { id: '..' }, /dot segment/);
test('a structure stands in no query', unsendable, get, { id: '1', order: { Note: 'x' } }, /^\/order: a structure/);
test(
  'a header takes no line break',
  unsendable,
  calling('POST /', { headers: { A: '{id}' } }),
  { id: 'a\r\nB: c' },
  /^\/id: a text/,
);
test(
  'a header takes no text beyond ASCII',
  unsendable,
  calling('POST /', { headers: { A: '{soapHeader:Wide}' } }),
  {},
  /a text/,
);
test('what stands nowhere is never dropped', unsendable, get, { id: '1', $items: [] }, /\$items: stands nowhere/);

const wrong = test.macro((t, call: Calling, message: RegExp) => {
  t.throws(() => bindingsOf(call, operation), { message });
});
test(
  'a method without a body places every member',
  wrong,
  calling('GET /o/{id}'),
  /\{full\}, \{order\}, \{tags\} stand; expected each in path/,
);
test('DELETE too', wrong, calling('DELETE /o/{id}?a={full}&b={order}'), /where \{tags\} stands; expected it in path/);
test('GET has no body to be one member', wrong, calling('GET /', { body: 'order' }), /GET has no body/);
test(
  'a body that is one member leaves none over',
  wrong,
  calling('POST /{id}', { body: 'order' }),
  /the body is \{order\}.*\{full\}, \{tags\}/,
);
test(
  'a name that is no member is told, with those that are',
  wrong,
  calling('POST /{ID}'),
  /\{ID\} is no member.*it has id, full/,
);
test('a member stands in one place', wrong, calling('POST /{id}?x={id}'), /two places/);
test('a value is a constant or a name, not both', wrong, calling('POST /?x=a{id}'), /found "a\{id\}"/);
