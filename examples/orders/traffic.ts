// Callers as they have been for years: SOAP over node:http, in the manner of WCF, PHP and zeep. 200 clients.
//
//   node examples/orders/traffic.ts URL [CALLS-A-SECOND]
import { Agent, request } from 'node:http';
import { pathToFileURL } from 'node:url';

export interface Result {
  readonly operation: string;
  readonly client: string;
  /** 0: no answer came. */
  readonly status: number;
  readonly text: string;
  readonly ms: number;
}
export interface Traffic {
  readonly sent: number;
  /** Calls without a good answer. */
  readonly failed: number;
  stop(): Promise<void>;
}
export interface TrafficOptions {
  readonly url: string;
  /** Calls a second. */
  readonly rate: number;
  readonly onResult?: (result: Result) => void;
}

const contract = 'http://contoso.example/orders';
const data = 'http://contoso.example/orders/data';
const clients = 200;

interface Asked {
  readonly operation: string;
  readonly body: string;
}

/** Mostly reads of one order; some lists, a few new orders. */
const asked = (n: number): Asked => {
  if (n % 20 === 7) return { operation: 'Ping', body: `<Ping xmlns="${contract}"/>` };
  if (n % 20 === 13) return { operation: 'PlaceOrder', body: newOrder(n) };
  if (n % 20 === 3 || n % 20 === 17) {
    const list = `<ListOrders xmlns="${contract}"><customer>C${String(n % 50).padStart(4, '0')}</customer><max>3</max></ListOrders>`;
    return { operation: 'ListOrders', body: list };
  }
  return {
    operation: 'GetOrder',
    body: `<GetOrder xmlns="${contract}"><orderId>${1 + (n % 1000)}</orderId></GetOrder>`,
  };
};

const newOrder = (n: number): string =>
  `<PlaceOrder xmlns="${contract}"><order xmlns:d="${data}"><d:ClientRef>demo-${n}</d:ClientRef><d:CustomerCode>C0007</d:CustomerCode>` +
  `<d:Lines><d:OrderLine><d:Price>1.10</d:Price><d:Quantity>3</d:Quantity><d:Sku>SKU-1</d:Sku></d:OrderLine></d:Lines></order></PlaceOrder>`;

/** Prefixes and headers differ from stack to stack; what they mean does not. */
const stacks = [
  { prefix: 's', headers: {} },
  { prefix: 'SOAP-ENV', headers: { Connection: 'Keep-Alive', 'User-Agent': 'PHP-SOAP/8.2' } },
  { prefix: 'soap-env', headers: { 'User-Agent': 'Zeep/4.2.1 (www.python-zeep.org)', Accept: '*/*' } },
] as const;

export const startTraffic = ({ url, rate, onResult }: TrafficOptions): Traffic => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  let failed = 0;
  const call = async (): Promise<void> => {
    const n = sent++;
    const client = `client-${n % clients}`;
    const result = await ask({ url, agent, client, n });
    if (result.status !== 200 && result.status !== 202) failed++;
    onResult?.(result);
  };
  const timer = setInterval(() => {
    const one = call().finally(() => underWay.delete(one));
    underWay.add(one);
  }, 1000 / rate);
  return {
    get sent() {
      return sent;
    },
    get failed() {
      return failed;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
    },
  };
};

const ask = ({ url, agent, client, n }: { url: string; agent: Agent; client: string; n: number }): Promise<Result> => {
  const { operation, body } = asked(n);
  const { prefix, headers } = stacks[n % stacks.length]!;
  const xml = Buffer.from(
    `<?xml version="1.0" encoding="utf-8"?><${prefix}:Envelope xmlns:${prefix}="http://schemas.xmlsoap.org/soap/envelope/">` +
      `<${prefix}:Header><ClientId xmlns="${contract}">${client}</ClientId></${prefix}:Header><${prefix}:Body>${body}</${prefix}:Body></${prefix}:Envelope>`,
  );
  const lines = {
    'Content-Type': 'text/xml; charset=utf-8',
    SOAPAction: `"${contract}/IOrderService/${operation}"`,
    'Content-Length': xml.length,
    ...headers,
  };
  const began = performance.now();
  return new Promise((resolve) => {
    const done = (status: number, text: string) =>
      resolve({ operation, client, status, text, ms: performance.now() - began });
    const req = request(url, { method: 'POST', agent, headers: lines }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (part: string) => (text += part));
      res.on('end', () => done(res.statusCode ?? 0, text)).on('error', (error) => done(0, error.message));
    });
    req.on('error', (error) => done(0, error.message)).end(xml);
  });
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const traffic = startTraffic({
    url: process.argv[2] ?? 'http://127.0.0.1:8080/OrderService.svc',
    rate: Number(process.argv[3] ?? 50),
  });
  process.once('SIGTERM', () => void traffic.stop().then(() => process.exit(0)));
}
