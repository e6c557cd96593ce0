// New handlers that run in the gateway's own process: one function per operation, named as the contract names it.
import { HandlerFault, type Handler } from '../../adapters/handler/load.ts';
import { OrderFault, orders } from './operations.ts';

const ours = orders(() => undefined);

export const GetOrder: Handler = (input) => {
  const { orderId } = input as { orderId: string };
  try {
    return ours.getOrder(orderId) as never;
  } catch (error) {
    if (error instanceof OrderFault) throw new HandlerFault(error.fault, error.detail, error.message);
    throw error;
  }
};

export const Ping: Handler = () => ({ result: 'pong' });
