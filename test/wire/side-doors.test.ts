// Every entrance to a service that has been moved wholly: SOAP in all its spellings goes by the operation's own rule, all else to legacy.
// The ids are those of the wire checklist in docs/reference/wire.md.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { baskets } from '../helpers/catalog.ts';
import { root, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { rawClient } from '../helpers/raw-client.ts';

const orders = join(root, 'examples/orders/contracts/OrderService.wsdl');
const envelope = (body: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
const messages = {
  GetOrder: envelope('<GetOrder xmlns="http://contoso.example/orders"><orderId>7</orderId></GetOrder>'),
  GetBasket: envelope('<GetBasket xmlns="http://contoso.example/baskets"><row>1</row></GetBasket>'),
};
const actions = {
  GetOrder: 'http://contoso.example/orders/IOrderService/GetOrder',
  GetBasket: 'http://contoso.example/baskets/GetBasket',
};
type Operation = keyof typeof messages;

interface Knock {
  readonly id: string;
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Side, operation as counted, and reason. */
  readonly goes: string;
}
const soap = (id: string, operation: Operation, target: string, goes: string): Knock => ({
  id,
  method: 'POST',
  target,
  headers: { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: `"${actions[operation]}"` },
  body: messages[operation],
  goes,
});
const get = (id: string, target: string): Knock => ({ id, method: 'GET', target, goes: 'other legacy other' });
const post = (id: string, target: string, type: string, body: string, more: Record<string, string> = {}): Knock => ({
  id,
  method: 'POST',
  target,
  headers: { 'Content-Type': type, ...more },
  body,
  goes: 'other legacy other',
});

const moved = 'GetOrder modern weight';
const xml = 'text/xml; charset=utf-8';
const form = 'application/x-www-form-urlencoded';
const mex = 'http://schemas.xmlsoap.org/ws/2004/09/transfer/Get';
const knocks: readonly Knock[] = [
  ...[
    '/OrderService.svc',
    '/ORDERSERVICE.SVC',
    '/orderService.svc/',
    '/OrderService.svc/ws',
    '/orderservice.SVC/Basic/',
    '/OrderService.svc?wsdl',
    '/OrderService.svc/mex',
    '/Order%53ervice.svc',
    '/OrderService%2Esvc',
  ].map((target) => soap('A9', 'GetOrder', target, moved)),
  soap('A9', 'GetBasket', '/BASKETS.asmx', 'GetBasket modern weight'),
  soap('A9', 'GetBasket', '/Baskets.asmx?op=GetBasket', 'GetBasket modern weight'),
  ...['?wsdl', '?WSDL', '?singleWsdl', '?wsdl=wsdl0', '?xsd=xsd0', '?disco', '', '/', '/mex'].map((rest) =>
    get('E1', `/OrderService.svc${rest}`),
  ),
  { ...get('E1', '/OrderService.svc?wsdl'), method: 'HEAD' },
  get('E1', '/baskets.ASMX?op=GetBasket'),
  post(
    'E3',
    '/OrderService.svc/mex',
    `application/soap+xml; charset=utf-8; action="${mex}"`,
    messages.GetOrder.replace(
      'http://schemas.xmlsoap.org/soap/envelope/',
      'http://www.w3.org/2003/05/soap-envelope',
    ).replace(/<GetOrder.*<\/GetOrder>/, ''),
  ),
  get('E5', '/Baskets.asmx/GetBasket?row=1'),
  get('E5', '/BASKETS.ASMX/GETBASKET?row=1'),
  get('E5', '/Baskets%2easmx/GetBasket?row=1'),
  post('E5', '/Baskets.asmx/GetBasket', form, 'row=1'),
  post('E5', '/Baskets.asmx', form, 'row=1'),
  { ...soap('E5', 'GetBasket', '/Baskets.asmx/GetBasket', 'other legacy other') },
  { ...soap('E5', 'GetBasket', '/Baskets.asmx/', 'other legacy other') },
  { ...soap('E5', 'GetBasket', '/baskets%2Easmx/getbasket', 'other legacy other') },
  { ...post('E5', '/Baskets.asmx/GetBasket', form, messages.GetBasket, { SOAPAction: actions.GetBasket }) },
  {
    ...post('E5', '/Baskets.asmx', form, messages.GetBasket, { SOAPAction: actions.GetBasket }),
    goes: 'other legacy undecided',
  },
  post('E6', '/Baskets.asmx/GetBasket', 'application/json; charset=utf-8', '{"row":1}'),
  {
    ...post('E6', '/Baskets.asmx', 'application/json', '{"row":1}', { SOAPAction: actions.GetBasket }),
    goes: 'other legacy undecided',
  },
  get('E6', '/Baskets.asmx/js'),
  get('E6', '/Baskets.asmx/jsdebug'),
  get('E6', '/OrderService.svc/rest/orders/7'),
  post('E6', '/OrderService.svc/rest/GetOrder', 'application/json', '{"orderId":7}'),
  post(
    'E6',
    '/OrderService.svc/rest/GetOrder',
    'application/xml',
    '<GetOrder xmlns="http://contoso.example/orders"><orderId>7</orderId></GetOrder>',
  ),
  {
    ...post('E6', '/OrderService.svc/rest/GetOrder', xml, '<GetOrder xmlns="http://contoso.example/orders"/>'),
    goes: 'other legacy undecided',
  },
  { ...post('E6', '/OrderService.svc', 'text/plain', '7'), method: 'PUT' },
  { ...post('E7', '/OrderService.svc/bin', 'application/soap+msbin1', 'V\u0002'), goes: 'other legacy undecided' },
];

const closing: (() => unknown)[] = [];
const whole = { teardown: (close: () => unknown) => void closing.push(close) };
test.after.always(async () => {
  for (const close of closing) await close();
});

let started: Promise<{ gateway: Gateway; asked: string[] }> | null = null;
const rig = async (): Promise<{ gateway: Gateway; asked: string[] }> => {
  const asked: string[] = [];
  const service = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`);
    req.resume();
    res.writeHead(200, { 'Content-Type': xml }).end(req.method === 'HEAD' ? undefined : envelope('<x/>'));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  closing.push(
    () => service.closeAllConnections(),
    () => service.close(),
  );
  const { port } = service.address() as AddressInfo;
  const route = (name: string, path: string, operation: string): string => `
  ${name}:
    match: { path: ${path} }
    protocol: soap
    legacy: old-${name}
    modern: new-${name}
    decisionHeader: true
    fallback: off
    cohort: ip
    operations: { ${operation}: { effect: read, weight: 100 } }`;
  const gateway = await gatewayHere(
    whole,
    `
destinations:
  old-orders: { adapter: soap, url: 'http://127.0.0.1:${port}', wsdl: '${orders}' }
  new-orders: { adapter: soap, url: 'http://127.0.0.1:${port}/modern', wsdl: '${orders}' }
  old-baskets: { adapter: soap, url: 'http://127.0.0.1:${port}', wsdl: '${baskets.wsdl}' }
  new-baskets: { adapter: soap, url: 'http://127.0.0.1:${port}/modern', wsdl: '${baskets.wsdl}' }
routes:${route('orders', '/OrderService.svc', 'GetOrder')}${route('baskets', '/Baskets.asmx', 'GetBasket')}`,
  );
  return { gateway, asked };
};

const goes = test.macro<[Knock]>({
  async exec(t, { method, target, headers = {}, body = '', goes: wanted }) {
    const { gateway, asked } = await (started ??= rig());
    const { port, host } = new URL(gateway.url);
    const client = rawClient(t, Number(port));
    const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    const length = body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    const before = asked.length;
    client.send(`${method} ${target} HTTP/1.1\r\n${lines.join('')}${length}Connection: close\r\n\r\n${body}`);
    const got = await client.until(() => false);
    const [, operation, side, reason] = /X-Strangler-Decision: \w+\/(\w+); side=(\w+); reason=(\w+)/.exec(got) ?? [];
    t.is(`${operation} ${side} ${reason}`, wanted, got.slice(0, 400));
    t.is(asked.length, before + 1);
    const [, path = ''] = asked.at(-1)!.split(' ');
    // What the route covers is replaced, however it was spelt; what follows it stays.
    if (side === 'modern') t.true(/^\/modern(?:[/?]|$)/.test(path), path);
    if (side === 'legacy') t.is(path, target);
  },
  title: (_, { id, method, target, headers = {}, goes: wanted }) =>
    `${id}: ${method} ${target} ${headers['Content-Type'] ?? ''}${headers['SOAPAction'] === undefined ? '' : ' with an action'} goes to ${wanted}`,
});
for (const knock of knocks) test.serial(goes, knock);
