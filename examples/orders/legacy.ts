// Legacy's twin for machines without Mono: node-soap serves the contract of legacy-wcf, with the same values.
//
//   node examples/orders/legacy.ts [PORT]
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { listen } from 'soap';
import type { NewOrder, OrderStatus } from './data.ts';
import { OrderFault, orders, type Orders } from './operations.ts';
import { detailXml, escape, orderXml, ordersXml, receiptXml, scalarXml } from './twin-xml.ts';

export interface Legacy {
  /** `http://127.0.0.1:7001/OrderService.svc` */
  readonly url: string;
  readonly orders: Orders;
  close(): Promise<void>;
}

const wsdl = fileURLToPath(new URL('contracts/OrderService.wsdl', import.meta.url));
const asText = (text: string) => text;

/** Numbers stay the text that was sent: a long or a price is more than a double can hold. (Missing in node-soap's types for servers.) */
const exactly = { customDeserializer: { long: asText, decimal: asText, dateTime: asText } };

type Args = Record<string, unknown>;
const nilOr = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Resolves once it listens. `port` 0 lets the system choose. */
export const startLegacy = async ({ port }: { port: number }): Promise<Legacy> => {
  const ours = orders((line) => process.env['TWIN_LOG'] === '1' && process.stdout.write(`${line}\n`));
  const server = createServer((_req, res) => res.writeHead(404).end());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const service = { OrderService: { BasicHttpBinding_IOrderService: operations(ours) } };
  await new Promise<void>((resolve) => {
    listen(server, {
      callback: () => resolve(),
      path: '/OrderService.svc',
      services: service,
      xml: readFileSync(wsdl, 'utf8'),
      uri: wsdl,
      suppressStack: true,
      envelopeKey: 's',
      handleNilAsNull: true,
      preserveWhitespace: true,
      oneWay: { emptyBody: false, responseCode: 200 },
      ...exactly,
    });
  });
  server.prependListener('request', (req, res) => {
    if (String(req.headers['soapaction'] ?? '').includes('NotifyShipment')) silent(res);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/OrderService.svc`,
    orders: ours,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** WCF answers a one-way call with nothing at all; a content type without content makes its clients look for an envelope. */
const silent = (res: ServerResponse): void => {
  const setHeader = res.setHeader.bind(res);
  setHeader('Content-Length', '0');
  res.setHeader = (name, value) => (name.toLowerCase() === 'content-type' ? res : setHeader(name, value));
};

const operations = (ours: Orders) => ({
  GetOrder: faulty((args) => ({ $xml: orderXml(ours.getOrder(String(args['orderId']))) })),
  ListOrders: faulty((args) => ({
    $xml: ordersXml(
      ours.listOrders(nilOr(args['customer']), nilOr(args['status']) as OrderStatus | null, Number(args['max'])),
    ),
  })),
  PlaceOrder: faulty((args) => ({ $xml: receiptXml(ours.placeOrder(newOrder(args['order']))) })),
  CancelOrder: faulty((args) => {
    ours.cancelOrder(String(args['orderId']));
    return {};
  }),
  NotifyShipment: (args: Args) => ours.notifyShipment(String(args['orderId'])),
  CountOrders: () => ({ $xml: scalarXml('CountOrders', ours.countOrders()) }),
  Ping: () => ({ $xml: scalarXml('Ping', 'pong') }),
});

/** node-soap gives a list of one as the one, and an empty list as null. */
const newOrder = (order: unknown): NewOrder | null => {
  if (typeof order !== 'object' || order === null) return null;
  const lines = (order as { Lines?: { OrderLine?: unknown } | null }).Lines;
  const item = lines?.OrderLine;
  const items = item === undefined || item === null ? [] : Array.isArray(item) ? item : [item];
  return { ...(order as NewOrder), Lines: lines === undefined ? null : items };
};

const faulty =
  (work: (args: Args) => object) =>
  (args: Args | null): object => {
    try {
      return work(args ?? {});
    } catch (error) {
      if (!(error instanceof OrderFault)) throw error;
      const detail = { $xml: detailXml(error.fault, error.detail) };
      throw { Fault: { faultcode: 's:Client', faultstring: escape(error.message), detail, statusCode: 500 } };
    }
  };

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url } = await startLegacy({ port: Number(process.argv[2] ?? process.env['PORT'] ?? 7001) });
  process.stdout.write(`ready ${url}\n`);
}
