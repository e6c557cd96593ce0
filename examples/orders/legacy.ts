// Legacy's twin in Node, for machines without Mono: the same contract at the same path, answered by package `soap`.
// Replies are written by legacy-xml.ts, since `soap` does not know the types of what it answers.
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathToFileURL } from 'node:url';
import { createServerless, type IOptions, type IServerOptions, type Server } from 'soap';
import type { NewOrder, NewOrderLine, OrderStatus } from './data.ts';
import { faultXml, orderXml, ordersXml, receiptXml, refusalXml } from './legacy-xml.ts';
import { listening } from './listening.ts';
import { OrderFault, orders, type Orders } from './operations.ts';

export interface Legacy {
  /** Address of the service, such as `http://127.0.0.1:7001/OrderService.svc`. */
  readonly url: string;
  /** Calls that arrived, by operation. */
  readonly counters: Readonly<Record<string, number>>;
  readonly orders: Orders;
  close(): Promise<void>;
}

const path = '/OrderService.svc';
const contract = new URL('contracts/OrderService.wsdl', import.meta.url);

const known = new Set(
  ['GetOrder', 'ListOrders', 'PlaceOrder', 'CancelOrder', 'NotifyShipment', 'CountOrders', 'Ping'].map(
    (operation) => `http://contoso.example/orders/IOrderService/${operation}`,
  ),
);

type Text = string | null | undefined;
interface NewOrderXml extends Omit<NewOrder, 'Lines'> {
  readonly Lines?: { readonly OrderLine?: readonly (NewOrderLine | null)[] } | string | null;
}

/** `<Lines/>` comes as an empty text. */
const newOrder = (xml: NewOrderXml | null | undefined): NewOrder | null => {
  if (!xml) return null;
  const { Lines, ...rest } = xml;
  if (Lines === null || Lines === undefined) return rest;
  return { ...rest, Lines: typeof Lines === 'string' ? [] : [Lines.OrderLine ?? []].flat() };
};

/** Carries out an operation; a fault of the contract becomes the one that `soap` writes. */
const answer = (xml: () => string): Record<string, string> => {
  try {
    const inner = xml();
    return inner === '' ? {} : { $xml: inner };
  } catch (error) {
    if (!(error instanceof OrderFault)) throw error;
    throw faultOf('s:Client', error.message, { $xml: faultXml(error.fault, error.detail) });
  }
};

/** The shape in which `soap` wants a fault thrown. */
const faultOf = (faultcode: string, reason: string, detail?: object): object => {
  const faultstring = { attributes: { 'xml:lang': 'en-US' }, $value: reason };
  return Object.assign(new Error(reason), { Fault: { faultcode, faultstring, detail, statusCode: 500 } });
};

/** What is missing has the value that .NET gives it: 0, or null. */
const handlers = (all: Orders) => ({
  GetOrder: ({ orderId = '0' }: { orderId?: string }) => answer(() => orderXml(all.getOrder(orderId))),
  ListOrders: (input: { customer?: Text; status?: Text; max?: number }) =>
    answer(() =>
      ordersXml(all.listOrders(input.customer ?? null, (input.status ?? null) as OrderStatus | null, input.max ?? 0)),
    ),
  PlaceOrder: ({ order }: { order?: NewOrderXml | null }) => answer(() => receiptXml(all.placeOrder(newOrder(order)))),
  CancelOrder: ({ orderId = '0' }: { orderId?: string }) =>
    answer(() => {
      all.cancelOrder(orderId);
      return '';
    }),
  NotifyShipment: ({ orderId = '0' }: { orderId?: string }) => {
    all.notifyShipment(orderId);
    return {};
  },
  CountOrders: () => ({ CountOrdersResult: all.countOrders() }),
  Ping: () => ({ PingResult: 'pong' }),
});

const verbatim = (text: string): string => text;

/** `soap` with the settings under which long, decimal, dateTime, nil and white space survive. */
const soapServer = (wsdl: string, all: Orders): Promise<Server> => {
  const options: IServerOptions & Pick<IOptions, 'customDeserializer'> = {
    path,
    xml: wsdl,
    services: { OrderService: { BasicHttpBinding_IOrderService: handlers(all) } },
    envelopeKey: 's',
    handleNilAsNull: true,
    preserveWhitespace: true,
    customDeserializer: { long: verbatim, decimal: verbatim, dateTime: verbatim },
    oneWay: { responseCode: 202 },
    suppressStack: true,
  };
  return createServerless(options);
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return new TextDecoder().decode(Buffer.concat(parts));
};

const xmlType = 'text/xml; charset=utf-8';

const sendXml = (response: ServerResponse, status: number, xml: string): void => {
  const body = Buffer.from(xml);
  response.writeHead(status, { 'Content-Type': xmlType, 'Content-Length': body.length }).end(body);
};

/** WCF dispatches on the action alone, then expects the element of that operation. */
const isAction = (request: IncomingMessage): boolean => {
  const action = request.headers['soapaction'];
  return typeof action === 'string' && known.has(action.replaceAll('"', ''));
};

/** Starts the twin on 127.0.0.1, or on `host`; port 0 is any free one. `log` is told of every write. */
export const startLegacy = async (options: {
  port: number;
  host?: string | undefined;
  log?: (line: string) => void;
}): Promise<Legacy> => {
  const all = orders(options.log ?? (() => {}));
  const counters: Record<string, number> = {};
  const snapshot = await readFile(contract, 'utf8');
  const soap = await soapServer(snapshot, all);
  soap.on('request', (message: { Body?: object }, operation: string) => {
    const element = Object.keys(message.Body ?? {}).find((key) => key !== 'attributes');
    if (element !== operation) throw faultOf('s:Client', `Expected element '${operation}', found '${element}'.`);
    counters[operation] = (counters[operation] ?? 0) + 1;
  });

  const post = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    if (!/^text\/xml\b/i.test(request.headers['content-type'] ?? '')) {
      response
        .writeHead(415, `The content type was not the expected type 'text/xml; charset=utf-8'.`, {
          'Content-Length': 0,
        })
        .end();
      return;
    }
    if (!isAction(request))
      return sendXml(response, 500, refusalXml('ActionNotSupported', 'The action is not one of the contract.'));
    const headers = { soapaction: String(request.headers['soapaction']), 'content-type': xmlType };
    const reply = await soap.processRequest(body, { headers, url: path });
    if (reply.body === '' && reply.statusCode === 202) response.writeHead(202, { 'Content-Length': 0 }).end();
    // What is no fault of the contract, `soap` tells in the form of SOAP 1.2 or as plain text.
    else if (!reply.body.startsWith('<?xml') || /<s:Code>|<faultcode>500</.test(reply.body))
      sendXml(response, 500, refusalXml('DeserializationFailed', 'The message could not be read.'));
    else sendXml(response, reply.statusCode, reply.body);
  };

  const get = (request: IncomingMessage, response: ServerResponse): void => {
    const port = server.port;
    if (/\?(single)?wsdl$/i.test(request.url ?? ''))
      sendXml(response, 200, snapshot.replace('127.0.0.1:7001', request.headers.host ?? `127.0.0.1:${port}`));
    else response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>OrderService</h1>');
  };

  const server = await listening(
    (request, response) => {
      if (request.url?.split('?')[0] !== path) response.writeHead(404, { 'Content-Length': 0 }).end();
      else if (request.method === 'GET') get(request, response);
      else if (request.method === 'POST') post(request, response).catch(() => response.destroy());
      else response.writeHead(405, { 'Content-Length': 0, Allow: 'GET, POST' }).end();
    },
    { port: options.port, host: options.host },
  );
  return { url: `http://127.0.0.1:${server.port}${path}`, counters, orders: all, close: () => server.close() };
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const legacy = await startLegacy({
    port: Number(process.argv[2] ?? 7001),
    host: process.env['HOST'],
    log: console.log,
  });
  console.log(`ready ${legacy.url}`);
}
