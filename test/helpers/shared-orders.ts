// The file of gateways that share a state, before one orders service.
import { join } from 'node:path';
import { root } from './gateway.ts';

/** `operations`: a line each, such as `GetOrder: { effect: read }`. */
export const sharedOrders = (state: string, url: string, operations: readonly string[]): string => `
state: ${state}
destinations:
  old: { adapter: soap, url: '${url}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    operations:
${operations.map((line) => `      ${line}`).join('\n')}`;
