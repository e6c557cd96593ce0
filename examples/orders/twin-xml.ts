// Values of the contract as the WCF service writes them. node-soap would put nested members into the wrong namespace and
// in the order of the object's keys, so its twin is handed finished XML.
import type { Order, OrderReceipt } from './data.ts';

const data = 'http://contoso.example/orders/data';
const arrays = 'http://schemas.microsoft.com/2003/10/Serialization/Arrays';
const instance = 'http://www.w3.org/2001/XMLSchema-instance';

export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');

const member = (name: string, value: string | number | null, prefix = 'a'): string =>
  value === null
    ? `<${prefix}:${name} i:nil="true"/>`
    : `<${prefix}:${name}>${escape(String(value))}</${prefix}:${name}>`;

const list = (name: string, items: readonly string[] | null, lines = ''): string =>
  items === null ? `<a:${name} i:nil="true"/>` : `<a:${name}${lines}>${items.join('')}</a:${name}>`;

const orderMembers = (order: Order): string =>
  [
    member('Amount', order.Amount),
    `<a:Customer>${member('Code', order.Customer.Code)}${member('Name', order.Customer.Name)}</a:Customer>`,
    member('Id', order.Id),
    list(
      'Lines',
      order.Lines?.map(
        (line) =>
          `<a:OrderLine>${member('Price', line.Price)}${member('Quantity', line.Quantity)}${member('Sku', line.Sku)}</a:OrderLine>`,
      ) ?? null,
    ),
    member('Note', order.Note),
    member('Number', order.Number),
    member('Placed', order.Placed),
    member('Serial', order.Serial),
    member('ShippedAt', order.ShippedAt),
    member('Status', order.Status),
    list('Tags', order.Tags?.map((tag) => member('string', tag, 'b')) ?? null, ` xmlns:b="${arrays}"`),
    order.Channel === undefined ? '' : member('Channel', order.Channel),
  ].join('');

const result = (operation: string, content: string): string =>
  `<${operation}Result xmlns:a="${data}" xmlns:i="${instance}">${content}</${operation}Result>`;

export const orderXml = (order: Order): string => result('GetOrder', orderMembers(order));
export const ordersXml = (orders: readonly Order[]): string =>
  result('ListOrders', orders.map((order) => `<a:Order>${orderMembers(order)}</a:Order>`).join(''));
export const receiptXml = (receipt: OrderReceipt): string =>
  result(
    'PlaceOrder',
    [
      member('ClientRef', receipt.ClientRef),
      member('Number', receipt.Number),
      member('Status', receipt.Status),
      member('Total', receipt.Total),
    ].join(''),
  );
export const scalarXml = (operation: string, value: string | number): string =>
  `<${operation}Result>${escape(String(value))}</${operation}Result>`;

/** A typed fault's detail. */
export const detailXml = (fault: string, members: Readonly<Record<string, string>>): string =>
  `<a:${fault} xmlns:a="${data}">${Object.entries(members)
    .map(([name, value]) => member(name, value))
    .join('')}</a:${fault}>`;
