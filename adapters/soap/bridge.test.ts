import test from 'ava';
import { AdapterError, RequestError, SendError } from '../errors.ts';
import { bytesBody } from '../wire/bytes.ts';
import { translated } from './bridge.ts';
import { enveloped, loadOrders, ordersNs as ns } from '../../test/helpers/contracts.ts';
import { wcf } from './contract/dialect.ts';
import type { Answer, Ask, Call, Deadline, Reply } from '../adapter.ts';
import type { BridgeOptions } from './bridge.ts';

const contract = await loadOrders();
const deadline: Deadline = { at: Infinity, ended: null, watch() {}, signal: () => AbortSignal.any([]) };

const callOf = (body: string, headers: Readonly<Record<string, string>> = {}): Call => {
  const all: Record<string, string> = { 'content-type': 'text/xml; charset=utf-8', ...headers };
  return {
    head: { method: 'POST', target: '/OrderService.svc', http: '1.1', raw: Object.entries(all).flat() },
    body: bytesBody(Buffer.from(enveloped(body))),
    client: { address: '127.0.0.1', secure: false, certificate: () => null },
    expects: null,
    message: null,
    header: (name) => all[name] ?? null,
  };
};

interface Story {
  readonly operation?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly limits?: BridgeOptions;
  readonly answer?: Answer | Error;
}

/** One call, and what was asked. */
const tell = ({
  operation = 'GetOrder',
  body = `<GetOrder xmlns="${ns}"><orderId>7</orderId></GetOrder>`,
  headers,
  limits,
  answer,
}: Story) => {
  const asks: Ask[] = [];
  const send = translated(
    contract,
    operation,
    wcf,
    async (ask) => {
      asks.push(ask);
      if (answer instanceof Error) throw answer;
      return answer ?? { kind: 'value', json: { Name: 'x' } };
    },
    limits,
  );
  return { asks, reply: send(callOf(body, headers), deadline) };
};
const textOf = (reply: Reply): string => reply.body.bytes?.toString() ?? '';

test('a value becomes the reply of the operation', async (t) => {
  const { asks, reply } = tell({});
  const { head, body, verdict } = await reply;
  t.like(asks, [
    {
      operation: 'GetOrder',
      input: { orderId: '7' },
      headers: {},
      caller: { address: '127.0.0.1', certificate: null, credentials: null },
    },
  ]);
  t.is(head.status, 200);
  t.is(head.reason, 'OK');
  t.deepEqual(head.raw, ['Content-Type', 'text/xml; charset=utf-8', 'Content-Length', String(body.bytes?.length)]);
  t.deepEqual(body.framing, { bytes: body.bytes?.length });
  t.deepEqual(verdict, { blame: 'nobody' });
  t.regex(textOf(await reply), /<a:Name>x<\/a:Name>/);
});

test('a declared fault is an answer: HTTP 500, nobody to blame', async (t) => {
  const answer: Answer = {
    kind: 'fault',
    fault: { name: 'OrderNotFoundFault', detail: { OrderId: 7 }, message: 'gone' },
  };
  const reply = await tell({ answer }).reply;
  t.is(reply.head.status, 500);
  t.deepEqual(reply.verdict, { blame: 'nobody' });
  t.regex(textOf(reply), /<faultcode>s:Client<\/faultcode>.*<OrderId>7<\/OrderId>/);
});

test('a one-way call is accepted with 202, no body and no content type', async (t) => {
  const { reply } = tell({ operation: 'Notify', body: `<Notify xmlns="${ns}"/>`, answer: { kind: 'accepted' } });
  t.is((await reply).head.status, 202);
  t.deepEqual((await reply).head.raw, ['Content-Length', '0']);
  t.is(textOf(await reply), '');
});

test('a modern service is told the trace and the language, never credentials', async (t) => {
  const headers = {
    traceparent: '00-1-2-01',
    'accept-language': 'de',
    authorization: 'Basic x',
    cookie: 'a=b',
    'x-api-key': 'k',
  };
  const { asks, reply } = tell({ headers });
  await reply;
  t.deepEqual(asks[0]?.headers, { traceparent: '00-1-2-01', 'accept-language': 'de' });
});

const contractBreach = test.macro({
  exec: async (t, story: Story, message: RegExp) => {
    const error = await t.throwsAsync(tell(story).reply, { instanceOf: SendError });
    t.is(error?.code, 'ERR_CONTRACT');
    t.is(error?.reason, 'contract');
    t.is(error?.reached, 'all');
    t.regex(error?.message ?? '', message);
  },
  title: (name = '') => `a failure of modern, reason contract: ${name}`,
});
test(
  'a value that does not fit',
  contractBreach,
  { answer: { kind: 'value', json: { Name: 'x', Lines: [{ Price: 'x' }] } } },
  /\/Lines\/0\/Price: /,
);
test(
  'a fault that is not declared',
  contractBreach,
  { answer: { kind: 'fault', fault: { name: 'Other', detail: {}, message: '' } } },
  /"Other" is no fault of GetOrder/,
);
test(
  'accepted, where somebody waits',
  contractBreach,
  { answer: { kind: 'accepted' } },
  /"accepted"; expected a value or a fault/,
);
test(
  'a value, where nobody waits',
  contractBreach,
  { operation: 'Notify', body: `<Notify xmlns="${ns}"/>`, answer: { kind: 'value', json: {} } },
  /expected accepted/,
);
test('a reply over the limit', contractBreach, { limits: { reply: 100 } }, /expected at most 100/);

test('a request that does not fit is never asked of modern', async (t) => {
  const { asks, reply } = tell({ body: `<GetOrder xmlns="${ns}"><orderId>x</orderId></GetOrder>` });
  const error = await t.throwsAsync(reply, { instanceOf: RequestError });
  t.is(error?.path, '/orderId');
  t.deepEqual(asks, []);
});

test('a request too long to translate is for legacy', async (t) => {
  await t.throwsAsync(tell({ limits: { request: 50 } }).reply, { instanceOf: RequestError, message: /over 50 bytes/ });
});

test('a handler that throws has failed, and was reached', async (t) => {
  const cause = new TypeError('undefined is not a function');
  const error = await t.throwsAsync(tell({ answer: cause }).reply, { instanceOf: SendError });
  t.is(error?.reason, 'fault');
  t.is(error?.reached, 'all');
  t.is(error?.cause, cause);
});

test('what the sender says of its own failure is kept', async (t) => {
  const own = new SendError('ERR_TIMEOUT', 'timeout', 'some', 'no byte within 2 s');
  t.is(await t.throwsAsync(tell({ answer: own }).reply), own);
});

test('an operation that is not there is an error at once', (t) => {
  t.throws(() => translated(contract, 'GetOrders', wcf, async () => ({ kind: 'accepted' })), {
    instanceOf: AdapterError,
    message: /no operation GetOrders; expected GetOrder, ListOrders/,
  });
});
