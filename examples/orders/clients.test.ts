// Every caller against both legacy services: the same values to the last digit, and faults with their types.
import test, { type ExecutionContext } from 'ava';
import { clients, runClient, type Client, type Line } from '../../test/helpers/clients.ts';
import { where } from '../../test/helpers/components.ts';
import { startWcf } from '../../test/helpers/wcf.ts';
import { findOrder, selectOrders, type Order } from './data.ts';
import { startLegacy } from './legacy.ts';

const ids = [1, 2, 3, 4, 5, 6, 7, 8, 11, 899_999];
const missing = 900_001;

type Seen = (order: Order) => unknown;

/** .NET and zeep cannot tell an absent member from null. */
const exact: Seen = (order) => ({ ...order, Channel: order.Channel ?? null });

/** zeep reads empty texts and lists as none, and times to the microsecond at best. */
const python: Seen = (order) => ({
  ...order,
  Lines: order.Lines?.length ? order.Lines : null,
  Note: order.Note || null,
  Tags: order.Tags?.length ? order.Tags.map((tag) => tag || null) : null,
  Placed: isoformat(order.Placed),
  ShippedAt: order.ShippedAt && isoformat(order.ShippedAt),
  Channel: order.Channel ?? null,
});

const isoformat = (time: string): string => {
  const [, seconds, fraction = '', zone = ''] = /^(.{19})(?:\.(\d+))?(.*)$/.exec(time) ?? [];
  return `${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${zone === 'Z' ? '+00:00' : zone}`;
};

const views: Readonly<Record<Client, Seen>> = { wcf: exact, asmx: exact, php: (order) => order, zeep: python };
const code: Readonly<Record<Client, string>> = { wcf: 'Client', asmx: 'Client', php: 's:Client', zeep: 's:Client' };

const notFound = (client: Client) => ({
  type: 'OrderNotFoundFault',
  code: code[client],
  message: `Order ${missing} not found.`,
  detail: { OrderId: String(missing), Reason: 'No order has this number.' },
});

const reads = (client: Client): Line[] => {
  const see = (orders: Order[]) => orders.map(views[client]) as never;
  return [
    { call: 'Ping()', value: 'pong' },
    ...ids.map((id) => ({ call: `GetOrder(${id})`, value: views[client](findOrder(String(id)) as Order) as never })),
    { call: `GetOrder(${missing})`, fault: notFound(client) },
    { call: 'ListOrders(C0007, null, 3)', value: see(selectOrders('C0007', null, 3)) },
    { call: 'ListOrders(null, Paid, 2)', value: see(selectOrders(null, 'Paid', 2)) },
    { call: 'ListOrders(nobody, null, 5)', value: [] },
  ];
};

const writes = (client: Client, reference: string, number: string): Line[] => [
  {
    call: 'PlaceOrder(two lines)',
    value: { ClientRef: reference, Number: number, Status: 'New', Total: '9007199254740996.423400' },
  },
  {
    call: 'PlaceOrder(no lines)',
    fault: {
      type: 'ValidationFault',
      code: code[client],
      message: 'An order needs at least one line.',
      detail: { Field: 'Lines', Reason: 'An order needs at least one line.' },
    },
  },
  { call: 'CancelOrder(3)', value: null },
  { call: `CancelOrder(${missing})`, fault: notFound(client) },
  { call: 'NotifyShipment(3)', value: null },
];

const script = { ids: [...ids, missing], clientId: 'c17', reference: 'r-1' };
const expected = (client: Client): Line[] => [...reads(client), ...writes(client, 'r-1', '9100000008503139511')];

const againstWcf = test.macro(async (t: ExecutionContext, client: Client) => {
  const wcf = await startWcf(t);
  t.deepEqual(await runClient(client, wcf.url, script), expected(client));
  t.deepEqual(wcf.lines, ['placed r-1', 'cancelled 3', 'shipped 3']);
});

const againstTwin = test.macro(async (t: ExecutionContext, client: Client) => {
  const lines: string[] = [];
  const legacy = await startLegacy({ port: 0, log: (line) => lines.push(line) });
  t.teardown(() => legacy.close());
  t.deepEqual(await runClient(client, legacy.url, script), expected(client));
  t.deepEqual(lines, ['placed r-1', 'cancelled 3', 'shipped 3']);
  t.deepEqual(legacy.counters, {
    Ping: 1,
    GetOrder: 11,
    ListOrders: 3,
    PlaceOrder: 2,
    CancelOrder: 2,
    NotifyShipment: 1,
  });
});

for (const client of ['wcf', 'asmx', 'php', 'zeep'] as const) {
  where(test, 'mono', clients[client])(`${client} reads every value of the WCF service exactly`, againstWcf, client);
  where(test, clients[client])(`${client} reads every value of legacy's twin exactly`, againstTwin, client);
}
