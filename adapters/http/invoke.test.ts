import test from 'ava';
import { SendError } from '../errors.ts';
import { bytesBody } from '../wire/bytes.ts';
import { CallDeadline } from '../wire/deadline.ts';
import { httpInvoke } from './invoke.ts';
import type { Answer, Ask, Asked, Call, Credentials, ReplyHead } from '../adapter.ts';

interface Service {
  readonly status?: number;
  readonly type?: string;
  readonly body?: unknown;
  readonly oneWay?: boolean;
  readonly isVoid?: boolean;
  readonly treat?: Asked['treat'];
  readonly lines?: readonly string[];
  readonly input?: Ask['input'];
  readonly credentials?: Credentials;
}

/** Asks a service that answers so; what it was sent, and what came of it. */
const asked = async (service: Service): Promise<{ sent: Call; answer: Answer; said: ReplyHead | undefined }> => {
  const {
    status = 200,
    type = 'application/json',
    body,
    oneWay = false,
    isVoid = false,
    treat = {},
    lines = ['Host', 'new'],
  } = service;
  const calls: Call[] = [];
  const operation = { name: 'GetOrder', oneWay, passThroughOnly: null, inputs: ['id'], faults: ['NotFound'], isVoid };
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const invoke = httpInvoke(
    { operation, call: null, treat, write: false, face: 'soap' },
    {
      send: async (call) => {
        calls.push(call);
        const head = { status, reason: '', raw: ['Content-Type', type] };
        return { head, body: bytesBody(Buffer.from(text)), verdict: { blame: 'nobody' } };
      },
      lines,
      forwarded: 'none',
    },
  );
  const caller = { address: '192.0.2.1', certificate: null, credentials: service.credentials ?? null };
  const ask: Ask = {
    operation: 'GetOrder',
    input: service.input ?? { id: '7' },
    headers: { traceparent: 't' },
    caller,
    soapHeader: () => null,
    soapHeaders: {},
  };
  const { said, ...answer } = await invoke(ask, new CallDeadline());
  return { sent: calls[0]!, answer, said };
};

const answers = test.macro(async (t, service: Service, expected: Answer) => {
  const { answer, said } = await asked(service);
  t.deepEqual(answer, expected);
  t.is(said?.status, service.status ?? 200);
});
const breaks = test.macro(async (t, service: Service, reason: string) => {
  const error = await t.throwsAsync(asked(service), { instanceOf: SendError });
  t.like(error, { reason, reached: 'all' });
});

test(
  'a value keeps every digit',
  answers,
  { body: '{"a":1.10,"b":9007199254740993}' },
  {
    kind: 'value',
    json: { a: '1.10', b: '9007199254740993' },
  },
);
test('a one-way operation is accepted by any 2xx', answers, { oneWay: true, status: 204 }, { kind: 'accepted' });
test(
  'an empty body answers an operation whose reply says nothing',
  answers,
  { isVoid: true, status: 204, type: '' },
  { kind: 'value', json: {} },
);
test('an empty body where there should be an answer is a breach', breaks, { status: 204, type: '' }, 'contract');
test(
  'a problem whose type names a declared fault is that fault',
  answers,
  {
    status: 404,
    type: 'application/problem+json',
    body: { type: 'urn:contoso:orders:NotFound', title: 'T', detail: 'no such order', status: 404, Id: '7' },
  },
  { kind: 'fault', fault: { name: 'NotFound', detail: { Id: '7' }, message: 'no such order' } },
);
test(
  'a problem of a REST face of ours has the whole detail, whatever its members are called',
  answers,
  {
    status: 422,
    type: 'application/problem+json',
    body: { type: 'urn:soap-fault:x:NotFound', detail: 'gone', soap: { detail: { status: 'X', Id: '7' } } },
  },
  { kind: 'fault', fault: { name: 'NotFound', detail: { status: 'X', Id: '7' }, message: 'gone' } },
);
test(
  'a status that treat gives a meaning is that fault',
  answers,
  {
    status: 404,
    type: 'text/html',
    body: '<p>',
    treat: { 404: 'NotFound' },
  },
  { kind: 'fault', fault: { name: 'NotFound', detail: {}, message: 'NotFound' } },
);
test(
  'a status that treat calls the client’s is a plain fault',
  answers,
  {
    status: 409,
    body: { title: 'Conflict' },
    treat: { 409: 'client' },
  },
  { kind: 'plain-fault', fault: { blame: 'client', codes: [], message: 'Conflict', status: 409 } },
);
test(
  'an undeclared fault that is told with its codes is kept',
  answers,
  {
    status: 400,
    body: { detail: 'no', soap: { codes: ['{ns}Client', '{urn:x}Odd'] } },
  },
  { kind: 'plain-fault', fault: { blame: 'client', codes: ['{ns}Client', '{urn:x}Odd'], message: 'no', status: 400 } },
);

test('any other 4xx is a breach, not an answer', breaks, { status: 404, body: { title: 'Not Found' } }, 'contract');
test('a 4xx in HTML is one, too', breaks, { status: 404, type: 'text/html', body: '<p>' }, 'contract');
test('a redirect is a breach', breaks, { status: 302 }, 'contract');
test(
  'a status that treat calls a failure is one, whatever its body says',
  breaks,
  { status: 404, body: '{"type":"urn:x:NotFound"}', type: 'application/problem+json', treat: { 404: 'failure' } },
  'contract',
);
test('a 5xx is a failure', breaks, { status: 503, treat: { 404: 'NotFound' } }, '5xx');
test('a value that is no JSON is a breach', breaks, { type: 'text/html', body: '<p>' }, 'contract');

test('the service is told who the gateway is before who calls it', async (t) => {
  const credentials = { from: 'authorization', user: 'ann', authorization: 'Basic eA==' } as const;
  t.is((await asked({ body: {}, credentials })).sent.header('authorization'), 'Basic eA==');
  t.is((await asked({ body: {} })).sent.header('authorization'), null);
  const lines = ['Host', 'new', 'Authorization', 'Bearer own'];
  const { sent } = await asked({ body: {}, credentials, lines });
  t.deepEqual(
    sent.head.raw.filter((_, i) => sent.head.raw[i - 1] === 'Authorization'),
    ['Bearer own'],
  );
});

test('a treat that names no declared fault is told at load', async (t) => {
  await t.throwsAsync(asked({ treat: { 404: 'NotFond' } }), {
    message: /found "NotFond".*expected one of NotFound, client/,
  });
});

test('a service is sent -0 with its sign', async (t) => {
  const { sent } = await asked({ input: { id: '7', rate: -0 }, body: '{}' });
  t.is(String(await sent.body.whole(100, new CallDeadline())), '{"id":"7","rate":-0}');
});
