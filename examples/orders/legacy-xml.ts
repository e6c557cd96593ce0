// Values of the contract as the XML that WCF's DataContractSerializer writes: order, namespaces, nil, empty and absent.
// Package `soap` would put members of nested types into the wrapper's namespace, where .NET reads nulls and zeros.
import type { Order, OrderReceipt } from './data.ts';

const data = 'http://contoso.example/orders/data';
const arrays = 'http://schemas.microsoft.com/2003/10/Serialization/Arrays';
const instance = 'http://www.w3.org/2001/XMLSchema-instance';
const namespaces = `xmlns:a="${data}" xmlns:b="${arrays}" xmlns:i="${instance}"`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const escape = (text: string): string => text.replaceAll(/[&<>\r]/g, (found) => entities[found] ?? '');

/** An element with text; null is nil, undefined is absent. */
const leaf = (name: string, value: string | number | null | undefined): string => {
  if (value === undefined) return '';
  return value === null ? `<${name} i:nil="true"/>` : `<${name}>${escape(String(value))}</${name}>`;
};

/** An array type: nil where the list is null, without a member where it is empty. */
const list = <T>(name: string, items: readonly T[] | null, item: (value: T) => string): string =>
  items === null ? `<${name} i:nil="true"/>` : `<${name}>${items.map(item).join('')}</${name}>`;

const members = (order: Order): string =>
  [
    leaf('a:Amount', order.Amount),
    `<a:Customer>${leaf('a:Code', order.Customer.Code)}${leaf('a:Name', order.Customer.Name)}</a:Customer>`,
    leaf('a:Id', order.Id),
    list('a:Lines', order.Lines, (line) => {
      const inner = [leaf('a:Price', line.Price), leaf('a:Quantity', line.Quantity), leaf('a:Sku', line.Sku)];
      return `<a:OrderLine>${inner.join('')}</a:OrderLine>`;
    }),
    leaf('a:Note', order.Note),
    leaf('a:Number', order.Number),
    leaf('a:Placed', order.Placed),
    leaf('a:Serial', order.Serial),
    leaf('a:ShippedAt', order.ShippedAt),
    leaf('a:Status', order.Status),
    list('a:Tags', order.Tags, (tag) => leaf('b:string', tag)),
    leaf('a:Channel', order.Channel),
  ].join('');

export const orderXml = (order: Order): string => `<GetOrderResult ${namespaces}>${members(order)}</GetOrderResult>`;

export const ordersXml = (orders: readonly Order[]): string =>
  `<ListOrdersResult ${namespaces}>${orders.map((order) => `<a:Order>${members(order)}</a:Order>`).join('')}</ListOrdersResult>`;

export const receiptXml = (receipt: OrderReceipt): string =>
  [
    `<PlaceOrderResult ${namespaces}>`,
    leaf('a:ClientRef', receipt.ClientRef),
    leaf('a:Number', receipt.Number),
    leaf('a:Status', receipt.Status),
    leaf('a:Total', receipt.Total),
    '</PlaceOrderResult>',
  ].join('');

/** The element inside a fault's `detail`; members in the order given. */
export const faultXml = (name: string, detail: Readonly<Record<string, string>>): string => {
  const inner = Object.entries(detail).map(([member, value]) => leaf(member, value));
  return `<${name} xmlns="${data}" xmlns:i="${instance}">${inner.join('')}</${name}>`;
};

/** A fault for what never became a call: as WCF answers a message that it cannot read or dispatch. */
export const refusalXml = (code: string, reason: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>` +
  `<faultcode xmlns:a="http://schemas.microsoft.com/ws/2005/05/addressing/none">a:${code}</faultcode>` +
  `<faultstring xml:lang="en-US">${escape(reason)}</faultstring></s:Fault></s:Body></s:Envelope>`;
