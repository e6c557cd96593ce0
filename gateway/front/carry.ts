// Calls of routes with nothing to decide, past our own relay.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Arriving, Delivered, Proxy } from '../../adapters/adapter.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan, Route, Table } from '../table/table.ts';
import { leftStatus } from '../telemetry/exchange-of.ts';
import { noRoute, troubleOf } from '../trouble.ts';
import type { Front } from './entrance.ts';

/** Routes with nothing to decide: http-proxy-middleware writes to the client itself (decision 8). */
export const carry = async (
  front: Front,
  table: Table,
  route: Route,
  proxy: Proxy,
  arrival: Arriving,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> => {
  const began = performance.now();
  arrival.expects?.proceed();
  arrival.carried();
  const carried = await proxy.carry(req, res, arrival.deadline);
  const left = arrival.deadline.ended !== null;
  const failed = typeof carried === 'object' ? carried.failed : null;
  // As our relay does, see serve.ts; a client that has left tells itself so, too.
  const isCut = failed?.code === 'ERR_RESET' && !res.headersSent;
  if (isCut) arrival.cut(failed);
  else if (failed !== null && !res.headersSent)
    await arrival.respond(route.protocol.fault(troubleOf(failed, null), arrival));
  const ended: Delivered = isCut ? (left ? 'client-left' : 'cut') : 'complete';
  const delivered = typeof carried === 'object' ? ended : carried;
  front.account(
    plainExchange(table, route, arrival, {
      by: failed === null ? 'legacy' : 'gateway',
      status: isCut ? 502 : res.statusCode,
      delivered,
      began,
      error: failed?.code ?? null,
    }),
  );
};

interface Ending {
  readonly by: 'legacy' | 'gateway';
  readonly status: number;
  readonly delivered: Delivered;
  readonly began: number;
  readonly error: string | null;
}

export const plainExchange = (table: Table, route: Route, arrival: Arriving, ending: Ending): Exchange => {
  const plan: Plan = route.other;
  const failed = ending.status >= 500 ? 'server-error' : ending.status >= 400 ? 'client-error' : 'ok';
  return {
    route: route.name,
    operation: plan.operation,
    slot: plan.slot,
    revision: table.revision,
    method: arrival.method,
    path: arrival.target.split('?', 1)[0] ?? '',
    decision: { side: 'legacy', reason: 'only', bucket: null, cohort: null },
    undecided: null,
    attempts: [],
    fallback: null,
    by: ending.by,
    cache: null,
    status: ending.delivered === 'client-left' ? leftStatus : ending.status,
    outcome:
      ending.delivered !== 'complete'
        ? ending.delivered
        : ending.error === null
          ? failed
          : ending.error === noRoute.code
            ? 'refused'
            : 'unavailable',
    ms: performance.now() - ending.began,
    traceparent: arrival.header('traceparent'),
    error: ending.error,
  };
};
