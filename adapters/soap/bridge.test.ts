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
  t.deepEqual(reply.verdict, { blame: 'nobody', fault: { name: 'OrderNotFoundFault', code: '' } });
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

const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const tokenHeader = (type: string): string =>
  `<o:Security e:mustUnderstand="1" xmlns:o="${wsse}"><o:UsernameToken><o:Username>ann</o:Username>` +
  `<o:Password Type="urn:x#${type}">p:w</o:Password></o:UsernameToken></o:Security>`;

/** A call with header blocks and HTTP headers, and what it was asked, or why not. */
const identified = async (
  identity: BridgeOptions['identity'],
  header: string,
  headers: Record<string, string> = {},
) => {
  const asks: Ask[] = [];
  const send = translated(
    contract,
    'GetOrder',
    wcf,
    async (ask) => {
      asks.push(ask);
      return { kind: 'value', json: { Name: 'x' } };
    },
    identity === undefined ? {} : { identity },
  );
  const body = `<GetOrder xmlns="${ns}"><orderId>7</orderId></GetOrder>`;
  const call = callOf(body, headers);
  await send({ ...call, body: bytesBody(Buffer.from(enveloped(body, { header }))) }, deadline);
  return asks[0]?.caller.credentials ?? null;
};
const legacyOnly = { instanceOf: RequestError, message: /legacy/ } as const;

test('where nothing is said of identity, WS-Security and NTLM are for legacy, and Basic stays behind', async (t) => {
  await t.throwsAsync(identified(null, tokenHeader('PasswordText')), legacyOnly);
  await t.throwsAsync(identified(null, '', { authorization: 'NTLM TlRMTVNTUAAB' }), legacyOnly);
  t.is(await identified(null, '', { authorization: 'Basic YW5uOnA=' }), null);
});

test('identity: ignore drops every kind of credentials', async (t) => {
  t.is(await identified('ignore', tokenHeader('PasswordDigest')), null);
  t.is(await identified('ignore', '', { authorization: 'Negotiate YII=' }), null);
});

test('identity: forward passes Authorization on, and a UsernameToken with its password as Basic', async (t) => {
  const basic = 'Basic YW5uOnA6dw==';
  t.deepEqual(await identified('forward', '', { authorization: basic }), {
    from: 'authorization',
    user: 'ann',
    authorization: basic,
  });
  t.deepEqual(await identified('forward', tokenHeader('PasswordText')), {
    from: 'ws-security',
    user: 'ann',
    authorization: basic,
  });
});

test('identity: forward leaves to legacy what cannot be forwarded', async (t) => {
  await t.throwsAsync(identified('forward', tokenHeader('PasswordDigest')), legacyOnly);
  await t.throwsAsync(identified('forward', `<o:Security xmlns:o="${wsse}"/>`), legacyOnly);
  await t.throwsAsync(identified('forward', '', { authorization: 'NTLM TlRMTVNTUAAB' }), legacyOnly);
});

const wsa = 'http://www.w3.org/2005/08/addressing';
for (const version of ['1.1', '1.2'] as const) {
  test(`SOAP ${version}: replies to addressed calls relate to them, with the reply's or the fault's action`, async (t) => {
    const header = `<a:MessageID xmlns:a="${wsa}">urn:uuid:1</a:MessageID>`;
    const body = `<GetOrder xmlns="${ns}"><orderId>7</orderId></GetOrder>`;
    const type = version === '1.1' ? 'text/xml; charset=utf-8' : 'application/soap+xml; charset=utf-8';
    const asked = async (answer: Answer) => {
      const send = translated(contract, 'GetOrder', wcf, async () => answer);
      const call = callOf(body, { 'content-type': type });
      const reply = await send(
        { ...call, body: bytesBody(Buffer.from(enveloped(body, { version, header }))) },
        deadline,
      );
      t.is(reply.head.raw[1], type);
      return textOf(reply);
    };
    const relates = `<a:RelatesTo>urn:uuid:1</a:RelatesTo><a:To>${wsa}/anonymous</a:To>`;
    const action = `${ns}/IOrderService/GetOrder`;
    t.true(
      (await asked({ kind: 'value', json: { Name: 'x' } })).includes(
        `<a:Action>${action}Response</a:Action>${relates}`,
      ),
    );
    const fault = { name: 'OrderNotFoundFault', detail: { OrderId: 7 }, message: 'gone' };
    t.true(
      (await asked({ kind: 'fault', fault })).includes(
        `<a:Action>${action}OrderNotFoundFaultFault</a:Action>${relates}`,
      ),
    );
    const plain = { blame: 'client', codes: [], message: 'no', status: 400 } as const;
    t.true(
      (await asked({ kind: 'plain-fault', fault: plain })).includes(`<a:Action>${wsa}/soap/fault</a:Action>${relates}`),
    );
  });
}

const plainFaultOf = async (version: '1.1' | '1.2', codes: readonly string[]) => {
  const body = `<GetOrder xmlns="${ns}"><orderId>7</orderId></GetOrder>`;
  const fault = { blame: 'client', codes, message: 'no <way>', status: 409 } as const;
  const send = translated(contract, 'GetOrder', wcf, async () => ({ kind: 'plain-fault', fault }));
  const type = version === '1.1' ? 'text/xml' : 'application/soap+xml';
  const call = callOf(body, { 'content-type': type });
  const reply = await send({ ...call, body: bytesBody(Buffer.from(enveloped(body, { version }))) }, deadline);
  return { ...reply, text: textOf(reply) };
};
const envelopes = 'http://schemas.xmlsoap.org/soap/envelope/';

test('an undeclared fault is told in the dialect, and is the client’s where it says so', async (t) => {
  const { head, verdict, text } = await plainFaultOf('1.1', []);
  t.is(head.status, 500);
  t.deepEqual(verdict, { blame: 'client', fault: { name: null, code: 'Client' } });
  t.true(text.includes('<faultcode>s:Client</faultcode><faultstring xml:lang="en">no &lt;way&gt;</faultstring>'), text);
});

test('codes of an undeclared fault are rebuilt in either version', async (t) => {
  const codes = [`{${envelopes}}Client`, '{urn:x"y}Odd'];
  t.true((await plainFaultOf('1.1', codes)).text.includes('<faultcode xmlns:c="urn:x&quot;y">c:Odd</faultcode>'));
  const { text } = await plainFaultOf('1.2', codes);
  t.true(
    text.includes(
      '<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value xmlns:c="urn:x&quot;y">c:Odd</s:Value></s:Subcode></s:Code>',
    ),
    text,
  );
  t.true((await plainFaultOf('1.1', [`{${envelopes}}Client.Quota`])).text.includes('>s:Client.Quota</faultcode>'));
});
