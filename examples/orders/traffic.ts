// Callers that make steady traffic and check every answer, as the clients of an old service do all day.
import { Agent, request, type IncomingMessage } from 'node:http';
import { pathToFileURL } from 'node:url';
import { findOrder } from './data.ts';
import { envelope, styles, type Ask, type Envelope, type Style } from './envelopes.ts';

export interface Result {
  readonly operation: Ask['operation'];
  readonly style: Style;
  readonly client: string;
  /** `wrong`: an answer with other values than the order has; `failed`: no answer, or one that nobody expects. */
  readonly outcome: 'right' | 'wrong' | 'failed';
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** Milliseconds from sending to the last byte. */
  readonly took: number;
  /** What is wrong with it, for whoever looks for the reason. */
  readonly detail: string | null;
}

export interface Counts {
  sent: number;
  right: number;
  wrong: number;
  failed: number;
  /** Orders sent by PlaceOrder; what the services placed must be as many. */
  placed: number;
}

export interface Traffic {
  readonly counts: Readonly<Counts>;
  /** Sends no more, and waits for the answers under way. */
  stop(): Promise<void>;
}

const clients = 200;
/** What .NET waits for `100 Continue` before it sends the body all the same, in milliseconds. */
const patience = 350;

/** Call number `n`: of 100 calls 82 get an order (2 of them one that is not there), 8 list, 5 place, 5 ping. */
const askOf = (n: number, run: string): Ask => {
  const turn = (n * 37) % 100;
  const orderId = String(((n * 7919) % 5000) + 1);
  if (turn < 2) return { operation: 'GetOrder', orderId: String(900_000 + n) };
  if (turn < 82) return { operation: 'GetOrder', orderId };
  if (turn < 90) return { operation: 'ListOrders', customer: `C${String(n % 200).padStart(4, '0')}`, max: 3 };
  if (turn < 95) return { operation: 'PlaceOrder', reference: `${run}-${n}`, quantity: (n % 5) + 1, price: '1.10' };
  return { operation: 'Ping' };
};

/** Texts that the right answer must have, and its status. */
const expectedOf = (ask: Ask): { status: number; texts: readonly string[] } => {
  if (ask.operation === 'Ping') return { status: 200, texts: ['>pong</'] };
  if (ask.operation === 'ListOrders') return { status: 200, texts: [`>${ask.customer}</`] };
  if (ask.operation === 'PlaceOrder')
    return { status: 200, texts: [`>${ask.reference}</`, `>${((ask.quantity * 110) / 100).toFixed(2)}</`] };
  const order = findOrder(ask.orderId);
  if (order === null) return { status: 500, texts: ['OrderNotFoundFault', `>${ask.orderId}</`] };
  return { status: 200, texts: [`>${order.Serial}</`, `>${order.Amount}</`, `>${order.Placed}</`, `>${order.Id}</`] };
};

const judge = (ask: Ask, status: number, body: string): Pick<Result, 'outcome' | 'detail'> => {
  const expected = expectedOf(ask);
  if (status !== expected.status) return { outcome: 'failed', detail: `status ${status}: ${body.slice(0, 300)}` };
  const lost = expected.texts.find((text) => !body.includes(text));
  return lost === undefined
    ? { outcome: 'right', detail: null }
    : { outcome: 'wrong', detail: `no ${lost} in ${body}` };
};

const textOf = async (response: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
};

/** One call; the body waits for `100 Continue` where the caller asked for it. Rejects when no whole answer comes. */
const post = (url: string, { headers, body }: Envelope, agent: Agent): Promise<{ status: number; text: string }> => {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const call = request(url, { method: 'POST', headers: { ...headers }, agent, timeout: 30_000 });
  call.once('error', reject);
  call.once('timeout', () => call.destroy(new Error('No answer within 30 s.')));
  call.once('response', (response) => {
    textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
  });
  if (!('Expect' in headers)) call.end(body);
  else {
    // Whichever comes first: a 100 that is late must not send the body again.
    const send = () => {
      clearTimeout(waiting);
      call.removeListener('continue', send);
      call.end(body);
    };
    const waiting = setTimeout(send, patience);
    call.once('continue', send);
    call.once('close', () => clearTimeout(waiting));
    call.flushHeaders();
  }
  return promise;
};

/**
 * Sends `rate` calls a second to `url`, in the styles of three callers and under 200 client ids (`c0` to `c199`), each of
 * which keeps its style. `onResult` is told of every answer. `run` makes the references of placed orders unique.
 */
export const startTraffic = (options: {
  url: string;
  rate: number;
  onResult?: (result: Result) => void;
  run?: string;
}): Traffic => {
  const { url, rate, onResult, run = `r${process.pid}` } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const counts: Counts = { sent: 0, right: 0, wrong: 0, failed: 0, placed: 0 };
  const underWay = new Set<Promise<void>>();

  const send = async (n: number): Promise<void> => {
    const who = (n * 31) % clients;
    const style = styles[who % styles.length] ?? 'wcf';
    const client = `c${who}`;
    const ask = askOf(n, run);
    if (ask.operation === 'PlaceOrder') counts.placed += 1;
    const began = performance.now();
    let status = 0;
    let judged: Pick<Result, 'outcome' | 'detail'>;
    try {
      const answer = await post(url, envelope(style, ask, client), agent);
      status = answer.status;
      judged = judge(ask, status, answer.text);
    } catch (error) {
      judged = { outcome: 'failed', detail: String(error) };
    }
    counts[judged.outcome] += 1;
    onResult?.({ operation: ask.operation, style, client, status, took: performance.now() - began, ...judged });
  };

  const began = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) * rate) / 1000);
    for (; counts.sent < due; counts.sent += 1) {
      const sending: Promise<void> = send(counts.sent).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
  }, 10);

  return {
    counts,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
    },
  };
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const url = process.argv[2] ?? 'http://127.0.0.1:8080/OrderService.svc';
  const traffic = startTraffic({ url, rate: Number(process.argv[3] ?? 50) });
  setInterval(() => console.log(JSON.stringify(traffic.counts)), 1000);
}
