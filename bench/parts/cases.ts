// What is asked and answered: fixed bytes, so that every proxy carries the same.
import type { Load } from './load.ts';
import { prepare } from './load.ts';
import { join } from 'node:path';

export interface Case {
  readonly name: string;
  /** Whole HTTP requests, one for each of many clients: decisions differ, sizes do not. */
  readonly requests: readonly string[];
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly contentType: string;
  readonly reply: string;
}

const clients = 200;
const contract = 'http://contoso.example/orders';

/** `text` with `filler` blown up until the whole is `bytes` long. Everything here is ASCII. */
function sized(bytes: number, build: (filler: string) => string): string {
  return build('x'.repeat(Math.max(0, bytes - build('').length)));
}

function envelope(header: string, body: string): string {
  return (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">' +
    `${header}<s:Body>${body}</s:Body></s:Envelope>`
  );
}

function soapRequest(client: number): string {
  const id = `client-${String(client).padStart(4, '0')}`;
  const body = sized(1024, (filler) =>
    envelope(
      `<s:Header><h:ClientId xmlns:h="${contract}">${id}</h:ClientId><h:Padding xmlns:h="${contract}">${filler}</h:Padding></s:Header>`,
      `<GetOrder xmlns="${contract}"><orderId>${1000 + client}</orderId></GetOrder>`,
    ),
  );
  return [
    'POST /OrderService.svc HTTP/1.1',
    'Host: orders.example',
    'Content-Type: text/xml; charset=utf-8',
    `SOAPAction: "${contract}/IOrderService/GetOrder"`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

function getRequest(client: number): string {
  return [
    `GET /orders/${1000 + client} HTTP/1.1`,
    'Host: orders.example',
    'Accept: application/json',
    `X-Client-Id: client-${String(client).padStart(4, '0')}`,
    '',
    '',
  ].join('\r\n');
}

const everyClient = Array.from({ length: clients }, (_, i) => i);

export const cases: readonly Case[] = [
  {
    name: 'SOAP POST 1 kB, reply 1.5 kB',
    requests: everyClient.map(soapRequest),
    method: 'POST',
    path: '/OrderService.svc',
    contentType: 'text/xml; charset=utf-8',
    reply: sized(1536, (filler) =>
      envelope(
        '',
        `<GetOrderResponse xmlns="${contract}"><GetOrderResult>${filler}</GetOrderResult></GetOrderResponse>`,
      ),
    ),
  },
  {
    name: 'GET, reply 1 kB',
    requests: everyClient.map(getRequest),
    method: 'GET',
    path: '/orders/',
    contentType: 'application/json',
    reply: sized(1024, (filler) => `{"number":1,"note":"${filler}"}`),
  },
];

/** A case's requests on disk, for wrk. */
export function prepared(directory: string, index: number): Load['requests'] {
  return prepare(join(directory, `case-${index}`), cases[index]!.requests);
}
