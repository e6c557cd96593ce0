import test from 'ava';
import { enveloped, loadOrders, operationOf, ordersDataNs, ordersNs as ns } from '../../test/helpers/contracts.ts';
import { SendError } from '../errors.ts';
import { bytesBody } from '../wire/bytes.ts';
import { CallDeadline } from '../wire/deadline.ts';
import { soapInvoke, type SoapAsking } from './invoke.ts';
import { secure } from './security.ts';
import type { Answer, Ask, AuthSettings, Call, Credentials, ReplyHead } from '../adapter.ts';
import type { SoapVersion } from './contract/xml/namespaces.ts';

const contract = await loadOrders();

interface Legacy {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string;
  readonly version?: SoapVersion;
  readonly addressing?: boolean;
  readonly auth?: AuthSettings;
  readonly operation?: string;
  readonly input?: Ask['input'];
  readonly credentials?: Credentials;
}

/** Asks a service that answers so; what it was sent, and what came of it. */
const asked = async (
  legacy: Legacy,
): Promise<{ sent: Call; text: string; answer: Answer; said: ReplyHead | undefined }> => {
  const {
    status = 200,
    version = '1.1',
    addressing = false,
    auth,
    operation = 'GetOrder',
    input = { orderId: '7' },
  } = legacy;
  const type = legacy.type ?? (version === '1.1' ? 'text/xml; charset=utf-8' : 'application/soap+xml; charset=utf-8');
  const calls: Call[] = [];
  const send: SoapAsking['send'] = async (call) => {
    calls.push(call);
    const body = bytesBody(Buffer.from(legacy.body ?? ''));
    return { head: { status, reason: '', raw: ['Content-Type', type] }, body, verdict: { blame: 'nobody' } };
  };
  const url = 'http://legacy.example:81/OrderService.svc';
  const hasAuth = auth !== undefined;
  const asking = { contract, send, url, version, addressing, hasAuth, secure: await secure(auth), origin: () => [] };
  const invoke = soapInvoke(
    { operation: operationOf(contract, operation), call: null, treat: {}, write: false, face: 'rest' },
    asking,
  );
  const caller = { address: '192.0.2.1', certificate: null, credentials: legacy.credentials ?? null };
  const headers = { traceparent: '00-1-2-01' };
  const { said, ...answer } = await invoke(
    { operation, input, headers, caller, soapHeader: () => null, soapHeaders: {} },
    new CallDeadline(),
  );
  const [sent] = calls;
  return { sent: sent!, text: sent!.body.bytes!.toString(), answer, said };
};

const order = `<GetOrderResponse xmlns="${ns}"><GetOrderResult xmlns:a="${ordersDataNs}"><a:Name>x</a:Name></GetOrderResult></GetOrderResponse>`;

test('SOAP 1.1 is asked with a quoted action, and answered in JSON by the contract', async (t) => {
  const { sent, text, answer, said } = await asked({ body: enveloped(order) });
  t.is(said?.status, 200);
  t.is(sent.head.target, '/OrderService.svc');
  t.deepEqual(
    ['host', 'content-type', 'soapaction', 'traceparent', 'content-length'].map((name) => sent.header(name)),
    [
      'legacy.example:81',
      'text/xml; charset=utf-8',
      `"${ns}/IOrderService/GetOrder"`,
      '00-1-2-01',
      String(text.length),
    ],
  );
  t.regex(text, /<s:Body><GetOrder xmlns="[^"]*"><orderId>7<\/orderId><\/GetOrder><\/s:Body>/);
  t.notRegex(text, /Header/);
  t.deepEqual(answer, { kind: 'value', json: { Name: 'x' }, checked: true });
});

test('SOAP 1.2 is asked with the action in its content type', async (t) => {
  const { sent, text } = await asked({ version: '1.2', body: enveloped(order, { version: '1.2' }) });
  t.is(sent.header('content-type'), `application/soap+xml; charset=utf-8; action="${ns}/IOrderService/GetOrder"`);
  t.is(sent.header('soapaction'), null);
  t.true(text.startsWith('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'));
});

test('addressing adds what wsHttpBinding wants, before security', async (t) => {
  const auth: AuthSettings = { usernameToken: { user: 'u', password: 'p', send: 'text', timestamp: true } };
  const { text } = await asked({ addressing: true, auth, body: enveloped(order) });
  t.regex(
    text,
    /<s:Header><a:Action [^>]*s:mustUnderstand="1">[^<]*GetOrder<.*<a:MessageID [^>]*>urn:uuid:.*<a:To [^>]*>http:\/\/legacy\.example:81\/OrderService\.svc<.*<wsse:Security .*<\/s:Header><s:Body>/,
  );
});

test('Basic goes in the head', async (t) => {
  const { sent } = await asked({ auth: { basic: { user: 'a', password: 'b' } }, body: enveloped(order) });
  t.is(sent.header('authorization'), 'Basic YTpi');
});

test('a one-way operation is accepted by any 2xx', async (t) => {
  const { answer } = await asked({ operation: 'Notify', input: {}, status: 202, type: '' });
  t.deepEqual(answer, { kind: 'accepted' });
});

const fault = (code: string, detail = ''): string =>
  enveloped(`<e:Fault><faultcode>${code}</faultcode><faultstring> no </faultstring>${detail}</e:Fault>`);
const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';

test('a declared fault is typed, whatever its code and status', async (t) => {
  const detail = `<detail><OrderNotFoundFault xmlns="${ordersDataNs}"><OrderId>7</OrderId></OrderNotFoundFault></detail>`;
  const { answer } = await asked({ status: 500, body: fault('e:Server', detail) });
  t.like(answer, { kind: 'fault', fault: { name: 'OrderNotFoundFault', detail: { OrderId: '7' } } });
});

for (const [code, expected] of [
  ['e:Client', { blame: 'client', status: 400, codes: [`{${soap11}}Client`] }],
  ['e:Client.Parse', { blame: 'client', status: 400, codes: [`{${soap11}}Client.Parse`] }],
  ['e:Server', { blame: 'destination', status: 502, codes: [`{${soap11}}Server`] }],
  ['e:MustUnderstand', { blame: 'destination', status: 502, codes: [`{${soap11}}MustUnderstand`] }],
  ['e:Client.Authentication', { blame: 'destination', status: 502, codes: [`{${soap11}}Client.Authentication`] }],
  ['FailedAuthentication', { blame: 'destination', status: 502, codes: ['FailedAuthentication'] }],
] as const) {
  test(`an undeclared ${code} is told as ${expected.status}`, async (t) => {
    const { answer } = await asked({ status: 500, body: fault(code, '<detail><stack/></detail>') });
    t.deepEqual(answer, { kind: 'plain-fault', fault: { message: 'no', ...expected } });
  });
}

const fails = test.macro(async (t, legacy: Legacy, like: { reason: string }) => {
  const error = await t.throwsAsync(asked(legacy), { instanceOf: SendError });
  t.like(error, { ...like, reached: 'all' });
});
test(
  'an error page is a failure by its status',
  fails,
  { status: 503, type: 'text/html', body: '<p>' },
  { reason: '5xx' },
);
test(
  'a login page is none of the contract',
  fails,
  { status: 200, type: 'text/html', body: '<p>' },
  { reason: 'contract' },
);
test(
  'a reply that does not fit is none of the contract',
  fails,
  { body: enveloped(`<Other xmlns="${ns}"/>`) },
  { reason: 'contract' },
);
test('a reply that is cut is none of the contract', fails, { body: '<e:Envelope' }, { reason: 'contract' });
test('an error page in XML is a failure by its status', fails, { status: 502, body: '<html/>' }, { reason: '5xx' });

const ann: Credentials = { from: 'authorization', user: 'ann', authorization: 'Basic YW5uOnA=' };

test('credentials that are to be forwarded go to a service for which the gateway has none', async (t) => {
  const { sent } = await asked({ credentials: ann, body: enveloped(order) });
  t.is(sent.header('authorization'), 'Basic YW5uOnA=');
  const own = await asked({ credentials: ann, auth: { basic: { user: 'a', password: 'b' } }, body: enveloped(order) });
  t.is(own.sent.header('authorization'), 'Basic YTpi');
});

test('forwarded credentials that are refused are the client’s matter, the gateway’s own are not', async (t) => {
  const { answer } = await asked({ credentials: ann, status: 401, type: 'text/html' });
  t.like(answer, { kind: 'plain-fault', fault: { blame: 'client', status: 401 } });
  await t.throwsAsync(asked({ auth: { basic: { user: 'a', password: 'b' } }, status: 401, type: 'text/html' }), {
    message: /answered 401/,
  });
});
