// The modern side of the example: a small JSON service on node:http, with values in the JSON form of the contract.
//
//   GET /orders/{id} · GET /orders?customer=&status=&max= · POST /orders · DELETE /orders/{id} · POST /{Operation}
//   POST /__fault {"mode":"500","share":0.5}      makes it fail on purpose; {"mode":"off"} ends it
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathToFileURL } from 'node:url';
import { statuses, type NewOrder, type OrderStatus } from './data.ts';
import { evenly, fail, failures, type Failing, type Failure } from './failing.ts';
import { listening, type Listening } from './listening.ts';
import { OrderFault, orders, type Orders } from './operations.ts';

export interface Modern {
  /** Base address, such as `http://127.0.0.1:7002`. */
  readonly url: string;
  /** Calls that arrived, by operation; those that were made to fail are in it. */
  readonly counters: Readonly<Record<string, number>>;
  readonly orders: Orders;
  /** Fails on purpose from now on; `off` ends it. `share` is 0 to 1 of the calls, all where nothing is said. */
  fault(mode: Failure, share?: number): Promise<void>;
  close(): Promise<void>;
}

interface Input {
  /** Members from path, query and body; a later one replaces an earlier one. */
  readonly members: Readonly<Record<string, unknown>>;
}
interface Answer {
  readonly status: number;
  /** Undefined: no body. */
  readonly json?: unknown;
}

class BadRequest extends Error {}

const digits = (value: unknown, name: string): string => {
  if ((typeof value === 'string' || Number.isSafeInteger(value)) && /^-?\d{1,19}$/.test(String(value)))
    return String(value);
  throw new BadRequest(`${name} is ${JSON.stringify(value)}: a whole number is expected.`);
};

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const statusOrNull = (value: unknown): OrderStatus | null => {
  const text = textOrNull(value);
  const status = statuses.find((known) => known === text);
  if (text !== null && status === undefined)
    throw new BadRequest(`status is ${JSON.stringify(text)}: expected one of ${statuses.join(', ')}.`);
  return status ?? null;
};

type Operation = (orders: Orders, input: Input['members']) => Answer;

const operations: Readonly<Record<string, Operation>> = {
  GetOrder: (all, input) => ({ status: 200, json: all.getOrder(digits(input['orderId'], 'orderId')) }),
  ListOrders: (all, input) => ({
    status: 200,
    json: all.listOrders(
      textOrNull(input['customer']),
      statusOrNull(input['status']),
      Number(digits(textOrNull(input['max']) ?? input['max'] ?? 0, 'max')),
    ),
  }),
  PlaceOrder: (all, input) => ({ status: 200, json: all.placeOrder((input['order'] ?? null) as NewOrder | null) }),
  CancelOrder: (all, input) => {
    all.cancelOrder(digits(input['orderId'], 'orderId'));
    return { status: 204 };
  },
  NotifyShipment: (all, input) => {
    all.notifyShipment(digits(input['orderId'], 'orderId'));
    return { status: 202 };
  },
  CountOrders: (all) => ({ status: 200, json: { result: all.countOrders() } }),
  Ping: () => ({ status: 200, json: { result: 'pong' } }),
};

/** An empty parameter is one that was not given. */
const queryOf = (url: URL): Record<string, unknown> =>
  Object.fromEntries([...url.searchParams].filter(([, value]) => value !== ''));

/** Which operation is asked, and what the address alone says of its input. */
const resolve = (method: string, url: URL): { name: string; members: Record<string, unknown> } | null => {
  const [, first = '', second] = url.pathname.split('/');
  if (first === 'orders' && second === undefined && method === 'GET')
    return { name: 'ListOrders', members: queryOf(url) };
  if (first === 'orders' && second === undefined && method === 'POST') return { name: 'PlaceOrder', members: {} };
  if (first === 'orders' && second !== undefined && (method === 'GET' || method === 'DELETE'))
    return { name: method === 'GET' ? 'GetOrder' : 'CancelOrder', members: { orderId: decodeURIComponent(second) } };
  if (method === 'POST' && second === undefined && Object.hasOwn(operations, first))
    return { name: first, members: {} };
  return null;
};

const bodyOf = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  if (text === '') return {};
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  } catch (cause) {
    throw new BadRequest('The body is no JSON.', { cause });
  }
  throw new BadRequest('The body is no JSON object.');
};

const problemStatus: Readonly<Record<string, number>> = { OrderNotFoundFault: 404, ValidationFault: 422 };

/** RFC 9457; the members of a declared fault are extension members. */
const problem = (error: unknown): { status: number; json: Record<string, unknown> } => {
  if (error instanceof OrderFault) {
    const status = problemStatus[error.fault] ?? 422;
    const known = { type: `urn:contoso:orders:${error.fault}`, title: error.fault, status, detail: error.message };
    return { status, json: { ...known, ...error.detail } };
  }
  const status = error instanceof BadRequest ? 400 : 500;
  const detail = error instanceof BadRequest ? error.message : 'The service failed.';
  return { status, json: { type: 'about:blank', title: status === 400 ? 'Bad Request' : 'Error', status, detail } };
};

const send = (response: ServerResponse, type: string, { status, json }: Answer): void => {
  if (json === undefined) response.writeHead(status).end();
  else {
    const body = Buffer.from(JSON.stringify(json));
    response.writeHead(status, { 'content-type': type, 'content-length': body.length }).end(body);
  }
};

const isFailure = (mode: unknown): mode is Failure => failures.some((known) => known === mode);

/** Starts the service on 127.0.0.1, or on `host`; port 0 is any free one. `log` is told of every write. */
export const startModern = async (options: {
  port: number;
  host?: string | undefined;
  log?: (line: string) => void;
}): Promise<Modern> => {
  const all = orders(options.log ?? (() => {}));
  const counters: Record<string, number> = {};
  let failing: Failing = { mode: 'off', share: 1 };
  let fails = evenly(0);
  let port = options.port;
  let reopening: NodeJS.Timeout | undefined;

  const operate = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://modern');
    const target = resolve(request.method ?? 'GET', url);
    const body = await bodyOf(request);
    if (url.pathname === '/__fault') return control(body, response);
    if (target === null) return send(response, 'application/problem+json', problem(new BadRequest('No such address.')));
    counters[target.name] = (counters[target.name] ?? 0) + 1;
    if (fails()) return fail(failing.mode, response);
    const operation = operations[target.name] as Operation;
    const bare = target.name === 'PlaceOrder' && !('order' in body) ? { order: body } : body;
    return send(response, 'application/json', operation(all, { ...bare, ...target.members }));
  };

  const control = async (body: Record<string, unknown>, response: ServerResponse): Promise<void> => {
    const { mode, share = 1, seconds = 10 } = body;
    if (!isFailure(mode) || typeof share !== 'number' || typeof seconds !== 'number')
      throw new BadRequest(`Expected {"mode": one of ${failures.join(', ')}, "share": 0 to 1}.`);
    send(response, 'application/json', { status: 200, json: { mode, share } });
    if (mode !== 'refuse') return fault(mode, share);
    // Nobody can be told to end it while nobody listens, so it ends by itself.
    response.once('finish', () => {
      void fault('refuse').then(() => (reopening = setTimeout(() => void fault('off'), seconds * 1000)));
    });
  };

  const serve = (): Promise<Listening> =>
    listening(
      (request, response) => {
        operate(request, response).catch((error: unknown) => {
          if (!response.headersSent) send(response, 'application/problem+json', problem(error));
        });
      },
      { port, host: options.host },
    );

  const stop = async (): Promise<void> => {
    const ending = server;
    server = null;
    await ending?.close();
  };

  const fault = async (mode: Failure, share = 1): Promise<void> => {
    clearTimeout(reopening);
    failing = { mode, share };
    fails = evenly(mode === 'off' ? 0 : share);
    if (mode === 'refuse' && server !== null) await stop();
    if (mode !== 'refuse' && server === null) server = await serve();
  };

  let server: Listening | null = await serve();
  port = server.port;
  const close = (): Promise<void> => {
    clearTimeout(reopening);
    return stop();
  };
  return { url: `http://127.0.0.1:${port}`, counters, orders: all, fault, close };
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const modern = await startModern({
    port: Number(process.argv[2] ?? 7002),
    host: process.env['HOST'],
    log: console.log,
  });
  console.log(`ready ${modern.url}`);
}
