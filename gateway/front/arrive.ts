// A call comes in: which route takes it, if any, and who carries it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Arriving, Reply, Trouble } from '../../adapters/adapter.ts';
import { problemReply } from '../../adapters/wire/accept.ts';
import { serve } from '../serve.ts';
import type { Route, Table } from '../table/table.ts';
import { noRoute, tooLarge } from '../trouble.ts';
import { carry, plainExchange } from './carry.ts';
import { lastHop } from './max-forwards.ts';
import { headReasons, type Entrance, type Front } from './entrance.ts';

export type Arrived =
  | {
      readonly arrival: Arriving;
      readonly flaw: Trouble | null;
      readonly req: IncomingMessage;
      readonly res: ServerResponse;
    }
  /** A stream of HTTP/2: our relay carries it, whatever the route. */
  | { readonly arrival: Arriving; readonly flaw: Trouble | null; readonly req: null; readonly res: ServerHttp2Stream };

export const serveArrival = async (front: Entrance, arrived: Arrived): Promise<void> => {
  const { arrival, flaw } = arrived;
  try {
    const table = front.current(); // read once, so a flip never splits a call
    const route = table.match(arrival);
    const wrong = flaw ?? (route === null || route.limits === null ? null : overLimit(route.limits, arrival));
    const last = wrong === null ? lastHop(arrival, arrived.req) : null;
    if (wrong !== null) await turnAway(front, table, route ?? table.nowhere, arrival, wrong);
    else if (last !== null) await answerHere(front, table, arrival, last);
    else if (route === null) await answerNowhere(front, table, arrival);
    // What is bound to its client's connection goes by our relay, which keeps it apart.
    else if (
      route.proxy !== null &&
      arrived.req !== null &&
      arrival.target !== '*' &&
      (arrival.client.bond ?? null) === null
    )
      await carry(front, table, route, route.proxy, arrival, arrived.req, arrived.res);
    else {
      arrival.lend(front.reading);
      await serve(front, { arrival, route, revision: table.revision });
    }
  } catch (error) {
    front.broken(error);
    if (arrived.res.headersSent) arrived.res.destroy();
    else
      await arrival.respond(
        problemReply({ status: 500, code: 'ERR_INTERNAL', message: 'The gateway failed.', blame: 'gateway' }),
      );
  }
};

/** Bounds of a route's own, as far as the head tells; a chunked body is counted as it comes. */
const overLimit = ({ header, body }: NonNullable<Route['limits']>, arrival: Arriving): Trouble | null => {
  if (header !== null) {
    let bytes = 0;
    for (const text of arrival.head.raw) bytes += text.length + 2; // `: ` or a line's end
    if (bytes > header) return tooLarge(431, `headers of ${bytes} bytes, at most ${header} are taken here`);
  }
  if (body === null || arrival.limitBody(body)) return null;
  return tooLarge(413, `a body of ${arrival.header('content-length')} bytes, at most ${body} are taken here`);
};

/** What a head says of itself keeps its call out. Its connection ends: what follows may not be what it seems. */
const turnAway = async (
  front: Front,
  table: Table,
  route: Route,
  arrival: Arriving,
  trouble: Trouble,
): Promise<void> => {
  const began = performance.now();
  front.turnedAway.count(route.name, headReasons[trouble.status] ?? 'malformed');
  arrival.hangUp();
  const reply = route.protocol.fault(trouble, arrival);
  const delivered = await arrival.respond(reply);
  const ending = { by: 'gateway', status: reply.head.status, delivered, began, error: trouble.code } as const;
  const told = plainExchange(table, route, arrival, ending);
  const decision = { ...told.decision, reason: 'refused' } as const;
  front.account({ ...told, decision, outcome: delivered === 'complete' ? 'refused' : delivered });
};

/** Nobody further is meant: no call of an operation, and no error. */
const answerHere = async (front: Front, table: Table, arrival: Arriving, reply: Reply): Promise<void> => {
  const began = performance.now();
  const delivered = await arrival.respond(reply);
  const ending = { by: 'gateway', status: reply.head.status, delivered, began, error: null } as const;
  front.account(plainExchange(table, table.nowhere, arrival, ending));
};

const answerNowhere = async (front: Front, table: Table, arrival: Arriving): Promise<void> => {
  const began = performance.now();
  const reply = table.nowhere.protocol.fault(noRoute, arrival);
  const delivered = await arrival.respond(reply);
  front.account(
    plainExchange(table, table.nowhere, arrival, {
      by: 'gateway',
      status: reply.head.status,
      delivered,
      began,
      error: 'ERR_NO_ROUTE',
    }),
  );
};
