// The example behind a gateway: legacy's twin in Node, the modern service, and a file that can be saved anew.
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { startLegacy, type Legacy } from '../../examples/orders/legacy.ts';
import { startModern, type Modern } from '../../examples/orders/modern.ts';
import { root, type Gateway } from './gateway.ts';
import { gatewayHere } from './gateway-here.ts';

export interface OrdersRig {
  readonly legacy: Legacy;
  readonly modern: Modern;
  readonly gateway: Gateway;
  /** Where SOAP clients call. */
  readonly url: string;
  readonly file: (weights: Weights) => string;
}
export interface Weights {
  readonly getOrder: number | string;
  readonly placeOrder?: number;
  /** More lines of the route, indented by four. */
  readonly route?: string;
  /** More operations, indented by six. */
  readonly operations?: string;
  /** More routes and destinations. */
  readonly more?: string;
  readonly modern?: string;
}

export const ordersRig = async (t: ExecutionContext, weights: Weights): Promise<OrdersRig> => {
  const [legacy, modern] = [await startLegacy({ port: 0 }), await startModern({ port: 0 })];
  t.teardown(() => Promise.all([legacy.close(), modern.close()]));
  const file = (set: Weights) => `
destinations:
  old: { adapter: soap, url: '${legacy.url}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
  new: ${set.modern ?? `{ adapter: http, url: '${modern.url}', timeout: 500ms }`}
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    modern: new
    decisionHeader: true
    cohort: [{ soapHeader: ClientId }, { header: X-Client-Id }]
${set.route ?? ''}
    operations:
      GetOrder: { effect: read, ${set.modern === undefined ? "call: 'GET /orders/{orderId}', " : ''}weight: ${set.getOrder} }
      PlaceOrder: { effect: write, ${set.modern === undefined ? 'call: POST /orders, ' : ''}weight: ${set.placeOrder ?? 0} }${set.operations ?? ''}
${set.more ?? ''}`;
  const gateway = await gatewayHere(t, file(weights));
  return { legacy, modern, gateway, url: `${gateway.url}/OrderService.svc`, file };
};
