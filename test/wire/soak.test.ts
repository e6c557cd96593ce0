// Long bodies, slow clients and open WebSockets leave the gateway's memory flat and lose nothing. Small here; as promised, 1 GiB each way,
// 500 clients and 200 WebSockets, with `npm run soak`.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { eventually, root, startGateway } from '../helpers/gateway.ts';
import { hashOf, mebibyte } from './soak/blocks.ts';
import { longCall, type LongCall } from './soak/long-call.ts';
import { canMeasure, growthDuring, standsStillAt } from './soak/memory.ts';
import { slowReader, slowSender } from './soak/slow-client.ts';
import { soakUpstream } from './soak/upstream.ts';

const full = process.env['SOAK'] === 'full';
const size = full
  ? {
      long: 1024 * mebibyte,
      stalls: 256 * mebibyte,
      clients: 500,
      sips: 500,
      reply: 8 * mebibyte,
      sockets: 200,
      frames: 1500,
    }
  : {
      long: 64 * mebibyte,
      stalls: 128 * mebibyte,
      clients: 50,
      sips: 30,
      reply: 6 * mebibyte,
      sockets: 40,
      frames: 100,
    };
/** MiB that the gateway may grow by, whatever flows through it. */
const mostGrowth = 64;
/** MiB that a client may hold who does not read: what is under way on its two connections, and what knows of them. */
const perClient = 0.1875;

const test = (canMeasure ? anyTest : anyTest.skip) as TestFn;

interface Carrier {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly before: string;
  readonly after: string;
  readonly yaml: (url: string) => string;
}

const namespace = 'http://contoso.example/orders';
const wsdl = join(root, 'examples/orders/contracts/OrderService.wsdl');
const plain = { headers: { 'content-type': 'application/octet-stream' }, before: '', after: '' };

const carriers: Readonly<Record<string, Carrier>> = {
  'http-proxy-middleware': {
    ...plain,
    path: '/all/x',
    yaml: (url) => `destinations: { old: { adapter: http, url: '${url}', timeout: 60s } }
routes: { all: { match: { path: /all/** }, legacy: old } }\n`,
  },
  'the relay of a SOAP route': {
    path: '/OrderService.svc',
    headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${namespace}/IOrderService/PlaceOrder"` },
    before: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><PlaceOrder xmlns="${namespace}"><note>`,
    after: '</note></PlaceOrder></s:Body></s:Envelope>',
    yaml: (url) => `destinations: { old: { adapter: soap, url: '${url}', wsdl: '${wsdl}', timeout: 60s } }
routes: { orders: { match: { path: /OrderService.svc }, protocol: soap, legacy: old } }\n`,
  },
  'the relay to a modern service, with a fallback': {
    ...plain,
    path: '/api/big',
    yaml: (url) => `destinations:
  old: { adapter: http, url: 'http://127.0.0.1:9' }
  new: { adapter: http, url: '${url}', timeout: 60s }
routes:
  api: { match: { path: /api/** }, legacy: old, modern: new, operations: { 'POST /api/big': { effect: idempotent, weight: 100 } } }\n`,
  },
};

/** A promise and what fulfils it. */
/** MiB that the kernel may hold for two connections in a row, before anybody has to wait. */
const inKernel =
  2 * ['tcp_rmem', 'tcp_wmem'].reduce((sum, name) => sum + mostOf(`/proc/sys/net/ipv4/${name}`) / mebibyte, 0);

/** The last of three: least, default, most. */
function mostOf(file: string): number {
  return existsSync(file) ? Number(readFileSync(file, 'utf8').trim().split(/\s+/).at(-1)) : 8 * mebibyte;
}

const latch = (): { readonly opened: Promise<void>; readonly open: () => void } => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
};

for (const [name, carrier] of Object.entries(carriers)) {
  test.serial(
    `A20 ${name}: a long body each way is whole, memory is flat, and who is slow slows the other side`,
    async (t) => {
      const upstream = await soakUpstream(t);
      const gateway = await startGateway(t, carrier.yaml(upstream.url), { gateway: 'limits: { requestTimeout: 1h }' });
      const call = async (bytes: number, back: number, more: Partial<LongCall> = {}): Promise<void> => {
        const url = `${gateway.url}${carrier.path}?bytes=${back}`;
        const { headers, before, after } = carrier;
        const reply = await longCall({ url, headers, before, after, bytes, ...more });
        t.deepEqual(reply, { status: 200, seen: hashOf(bytes, before, after), got: hashOf(back) });
      };
      await call(32 * mebibyte, 32 * mebibyte); // what a first call costs once
      const long = await growthDuring(gateway.pid, () => call(size.long, size.long));
      t.true(long.grown < mostGrowth, JSON.stringify(long));

      const reader = latch();
      const before = upstream.given;
      const slow = await growthDuring(gateway.pid, async () => {
        const answered = call(mebibyte, size.stalls, { reads: reader.opened });
        await eventually(() => upstream.given > before, 20_000);
        const given = await standsStillAt(() => upstream.given - before);
        t.true(given < inKernel + 8, `the destination could give ${given} MiB to a client that reads nothing`);
        reader.open();
        await answered;
      });
      t.true(slow.grown < mostGrowth, JSON.stringify(slow));

      const taker = latch();
      upstream.holds(taker.opened);
      let sent = 0;
      const stuck = await growthDuring(gateway.pid, async () => {
        const answered = call(size.stalls, mebibyte, { sent: (bytes) => (sent += bytes) });
        const taken = await standsStillAt(() => sent);
        t.true(
          taken > 0 && taken < inKernel + 8,
          `the client could send ${taken} MiB to a destination that reads nothing`,
        );
        taker.open();
        await answered;
      });
      t.true(stuck.grown < mostGrowth, JSON.stringify(stuck));
      t.log({ long, slow, stuck });
    },
  );
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

test.serial(`${size.clients} slow clients are all served to the end, and hold up nobody else`, async (t) => {
  const upstream = await soakUpstream(t);
  const gateway = await startGateway(
    t,
    `destinations: { old: { adapter: http, url: '${upstream.url}', timeout: 10m } }
routes:
  proxied: { match: { path: /proxied/** }, legacy: old }
  relayed: { match: { path: /relayed/** }, legacy: old, decisionHeader: true }\n`,
  );
  const port = Number(new URL(gateway.url).port);
  const bytes = size.reply;
  const behaviours = [
    { slow: slowSender, path: '/proxied/x', expects: 0 },
    { slow: slowReader, path: `/proxied/x?bytes=${bytes}`, expects: bytes },
    { slow: slowSender, path: '/relayed/x', expects: 0 },
    { slow: slowReader, path: `/relayed/x?bytes=${bytes}`, expects: bytes },
  ] as const;
  const took: number[] = [];
  const ask = async (path: string): Promise<void> => {
    const began = performance.now();
    const reply = await fetch(`${gateway.url}${path}?bytes=65536`);
    t.is((await reply.arrayBuffer()).byteLength, 65_536);
    took.push(performance.now() - began);
  };
  const crowd = (clients: number, pause: number, sips: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: clients }, async (_, n) => {
        const { slow, path, expects } = behaviours[n % behaviours.length]!;
        t.deepEqual(await slow({ port, path, pause, sips }), { status: 'HTTP/1.1 200 OK', bytes: expects });
      }),
    );
  // What clients that are not slow need, once.
  const quick = await growthDuring(gateway.pid, () => crowd(size.clients / 4, 1, 1));
  for (let n = 0; n < 50; n++) await ask(n % 2 === 0 ? '/relayed/x' : '/proxied/x');
  const quiet = percentile(took.splice(0), 0.5);
  const memory = await growthDuring(gateway.pid, async () => {
    const slow = { isOver: false };
    const others = async (): Promise<void> => {
      while (!slow.isOver) {
        await ask(took.length % 2 === 0 ? '/relayed/x' : '/proxied/x');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const asking = others();
    await crowd(size.clients, 100, size.sips);
    slow.isOver = true;
    await asking;
  });
  const beside = percentile(took, 0.5);
  t.true(beside < quiet + 500, `${beside} ms beside them, ${quiet} ms before`);
  t.true(memory.grown < mostGrowth + size.clients * perClient, JSON.stringify({ quick, memory }));
  t.log({ quick, quiet, beside, calls: took.length, memory });
});

test.serial(
  `${size.sockets} WebSockets get every frame back, in order, while the file is flipped ten times`,
  async (t) => {
    const [one, two] = [await soakUpstream(t), await soakUpstream(t)];
    const file = (url: string): string => `destinations: { old: { adapter: http, url: '${url}' } }
routes: { live: { match: { path: /live/** }, legacy: old } }\n`;
    const gateway = await startGateway(t, file(one.url));
    const open = async (name: string) => {
      const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/live/${name}`);
      const got: string[] = [];
      const told: string[] = [];
      socket.addEventListener('message', ({ data }) => got.push(String(data)));
      socket.addEventListener('close', ({ code }) => told.push(`closed with ${code}`));
      await new Promise<void>((resolve, reject) => {
        socket.addEventListener('open', () => resolve());
        socket.addEventListener('error', () => reject(new Error(`${name} was not opened`)));
      });
      t.teardown(() => socket.close());
      return { socket, got, told };
    };
    const clients = await Promise.all(Array.from({ length: size.sockets }, (_, n) => open(`client-${n}`)));
    const reloads = () => gateway.metric('strangler_config_reloads_total', { result: 'accepted' });
    const before = await reloads();
    const frame = (n: number): string => `${n}:${'x'.repeat((n * 37) % 1200)}`;
    const memory = await growthDuring(gateway.pid, async () => {
      let flips = 0;
      for (let n = 0; n < size.frames; n++) {
        for (const { socket } of clients) socket.send(frame(n));
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (n % Math.floor(size.frames / 10) === 0 && flips < 10)
          await gateway.save(file(++flips % 2 === 1 ? two.url : one.url));
      }
      await eventually(() => clients.every(({ got }) => got.length >= size.frames), 30_000);
    });
    t.is((await reloads()) - before, 10);
    const expected = Array.from({ length: size.frames }, (_, n) => frame(n));
    for (const { got, told } of clients) {
      t.deepEqual(told, []);
      t.deepEqual(got, expected);
    }
    t.true(memory.grown < mostGrowth, JSON.stringify(memory));
    t.log({ memory });
  },
);
