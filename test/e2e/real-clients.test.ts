// The promise itself: a client of another stack gets the same from the WCF service, through the gateway at every weight,
// and with modern dead.
import test, { type ExecutionContext } from 'ava';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startModern } from '../../examples/orders/modern.ts';
import { clients, runClient, type Client } from '../helpers/clients.ts';
import { where } from '../helpers/components.ts';
import { eventually, root, startGateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { startWcf } from '../helpers/wcf.ts';

const ids = [1, 2, 3, 4, 5, 900001];

const routes = (legacy: string, modern: string, weight: number) => `
destinations:
  old: { adapter: soap, url: '${legacy}', wsdl: '${join(root, 'examples/orders/contracts/OrderService.wsdl')}' }
  new: { adapter: http, url: '${modern}', timeout: 2s }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: old
    modern: new
    cohort: { soapHeader: ClientId }
    weight: ${weight}
    operations:
      GetOrder: { effect: read, call: 'GET /orders/{orderId}' }
      ListOrders: { effect: read, call: 'GET /orders?customer={customer}&status={status}&max={max}' }
      PlaceOrder: { effect: write, weight: 0 }
      CancelOrder: { effect: write, weight: 0 }
      NotifyShipment: { effect: write, weight: 0 }
      Ping: { effect: read, weight: 0 }
`;

const closing: (() => unknown)[] = [];
let legacy: ReturnType<typeof startWcf> | null = null;
/** One for all: each stack places orders of its own. */
const service = () => (legacy ??= startWcf({ teardown: (close) => void closing.push(close) }));
test.after.always(async () => {
  for (const close of closing) await close();
});

const through = async (t: ExecutionContext, stack: Client) => {
  const [wcf, modern] = [await service(), await startModern({ port: 0 })];
  t.teardown(() => modern.close());
  const gateway = await gatewayHere(t, routes(wcf.url, modern.url, 0));
  const url = `${gateway.url}/OrderService.svc`;
  const ask = (from: string, clientId: string) => runClient(stack, from, { clientId, ids, reference: `${stack}-r` });
  const weigh = async (weight: number) => {
    const before = await gateway.metric('strangler_config_revision');
    await gateway.save(routes(wcf.url, modern.url, weight));
    await eventually(async () => (await gateway.metric('strangler_config_revision')) > before, 2000);
  };
  const byModern = () => gateway.metric('strangler_requests_total', { side: 'modern' });
  return { wcf, modern, gateway, url, ask, weigh, byModern };
};

/** At 25 %, by client: how many of its reads modern answers. One is sent there with what it lists, one with what it gets. */
const atQuarter = { 'c-1': 3, 'c-4': ids.length };

const story = test.macro({
  async exec(t, stack: Client) {
    const { wcf, modern, gateway, url, ask, weigh, byModern } = await through(t, stack);
    const direct = await ask(wcf.url, 'c-0');
    t.true(direct.some(({ fault }) => fault?.type === 'OrderNotFoundFault' && fault.detail?.['OrderId'] === '900001'));

    t.deepEqual(await ask(url, 'c-0'), direct, 'weight 0');
    t.is(await byModern(), 0);

    await weigh(25);
    for (const [client, reads] of Object.entries(atQuarter)) {
      const before = await byModern();
      t.deepEqual(await ask(url, client), direct, `weight 25, ${client}`);
      t.is((await byModern()) - before, reads, client);
    }

    await weigh(100);
    const before = await byModern();
    t.deepEqual(await ask(url, 'c-0'), direct, 'weight 100');
    t.is(await byModern(), before + ids.length + 3, 'all reads were answered by modern');

    await modern.close();
    t.deepEqual(await ask(url, 'c-0'), direct, 'modern is gone');
    t.true((await gateway.metric('strangler_fallbacks_total', { reason: 'connect' })) >= ids.length);
  },
  title: (_, stack: Client) => `${stack} notices nothing at 0, 25 and 100 %, and when modern dies`,
});
for (const stack of ['wcf', 'asmx', 'php', 'zeep'] as const) {
  where(test.serial, 'mono', clients[stack])(story, stack);
}

where(
  test.serial,
  'mono',
  'php',
)('with the kill file there, all goes to legacy within a second', async (t) => {
  const [wcf, modern] = [await service(), await startModern({ port: 0 })];
  t.teardown(() => modern.close());
  const kill = join(tmpdir(), `strangler-kill-${process.pid}-${Date.now()}`);
  t.teardown(() => rm(kill, { force: true }));
  const gateway = await startGateway(t, routes(wcf.url, modern.url, 100), { args: ['--kill-file', kill] });
  const ask = () => runClient('php', `${gateway.url}/OrderService.svc`, { clientId: 'c-0', ids: [1] });
  const byModern = () => gateway.metric('strangler_requests_total', { side: 'modern' });
  const live = await ask();
  const before = await byModern();
  t.true(before > 0);
  await writeFile(kill, '');
  const took = await eventually(
    async () => (await gateway.metric('strangler_killed', { operation: 'GetOrder' })) === 1,
    2000,
  );
  t.true(took < 1000, `${took} ms`);
  t.deepEqual(await ask(), live);
  t.is(await byModern(), before);
  await rm(kill);
  await eventually(async () => (await gateway.metric('strangler_killed', { operation: 'GetOrder' })) === 0, 2000);
  gateway.signal('SIGUSR2');
  await eventually(async () => (await gateway.metric('strangler_killed', { operation: 'GetOrder' })) === 1, 2000);
  t.deepEqual(await ask(), live);
  t.is(await byModern(), before);
});
