// What the service does, on JSON values of the contract; shared by the new service and by legacy's twin in Node.
import {
  findOrder,
  problemOf,
  receiptOf,
  selectOrders,
  type NewOrder,
  type Order,
  type OrderReceipt,
  type OrderStatus,
} from './data.ts';

/** A fault that the contract declares. */
export class OrderFault extends Error {
  /** `OrderNotFoundFault` or `ValidationFault`. */
  readonly fault: string;
  readonly detail: Readonly<Record<string, string>>;
  constructor(fault: string, message: string, detail: Readonly<Record<string, string>>) {
    super(message);
    this.name = 'OrderFault';
    this.fault = fault;
    this.detail = detail;
  }
}

export interface Orders {
  getOrder(orderId: string): Order;
  listOrders(customer: string | null, status: OrderStatus | null, max: number): Order[];
  placeOrder(order: NewOrder | null): OrderReceipt;
  cancelOrder(orderId: string): void;
  notifyShipment(orderId: string): void;
  countOrders(): number;
  /** References of the orders placed here, in the order of placing; one that was placed twice is in it twice. */
  readonly placed: readonly string[];
}

const getOrder = (orderId: string): Order => {
  const order = findOrder(orderId);
  if (order !== null) return order;
  throw new OrderFault('OrderNotFoundFault', `Order ${orderId} not found.`, {
    OrderId: orderId,
    Reason: 'No order has this number.',
  });
};

/** One service's orders. `log` is told of every write that was carried out: `placed r-17`. */
export const orders = (log: (line: string) => void): Orders => {
  const placed: string[] = [];
  return {
    placed,
    getOrder,
    listOrders: selectOrders,
    placeOrder: (order) => {
      const problem = problemOf(order);
      if (problem !== null || order === null)
        throw new OrderFault('ValidationFault', problem?.Reason ?? '', { ...problem });
      const receipt = receiptOf(order);
      placed.push(receipt.ClientRef);
      log(`placed ${receipt.ClientRef}`);
      return receipt;
    },
    cancelOrder: (orderId) => {
      getOrder(orderId);
      log(`cancelled ${orderId}`);
    },
    notifyShipment: (orderId) => log(`shipped ${orderId}`),
    countOrders: () => placed.length,
  };
};
