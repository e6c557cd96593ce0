// Two replicas behind a balancer are replaced one after the other, and flipped, under a load of numbered writes: no call fails,
// none is carried out twice (promise P14).
import test, { type ExecutionContext } from 'ava';
import { balancer } from '../helpers/balancer.ts';
import { startGateway, type RunningGateway } from '../helpers/gateway.ts';
import { listen } from '../helpers/listen.ts';

const yaml = (old: string, young: string) => `
destinations: { old: { adapter: http, url: '${old}' }, young: { adapter: http, url: '${young}' } }
routes:
  orders:
    match: { path: /orders/** }
    legacy: old
    modern: young
    cohort: { header: X-Client-Id }
    operations:
      POST /orders/{id}: { effect: write, weight: 50 }
  rest: { match: { path: /** }, legacy: old }
`;

interface Load {
  /** Ends it, and answers what clients saw that was not right. */
  stop(): Promise<readonly string[]>;
  readonly calls: number;
}

/** `lanes` clients, each with one call at a time; every call has a number of its own. */
const load = (url: string, lanes: number): Load => {
  const wrong: string[] = [];
  let calls = 0;
  const ending = new AbortController();
  const lane = async (name: string): Promise<void> => {
    while (!ending.signal.aborted) {
      const id = ++calls;
      const path = id % 5 === 0 ? `/plain/${id}` : `/orders/${id}`;
      const said = await fetch(`${url}${path}`, {
        method: 'POST',
        body: `order ${id}`,
        headers: { 'x-client-id': name },
      })
        .then(async (reply) => `${reply.status} ${await reply.text()}`)
        .catch((error: unknown) => String((error as Error).cause ?? error));
      if (said !== `200 done ${id}`) wrong.push(`${path}: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const running = Array.from({ length: lanes }, (_, n) => lane(`client-${n}`));
  return {
    get calls() {
      return calls;
    },
    async stop() {
      ending.abort();
      await Promise.all(running);
      return wrong;
    },
  };
};

const rig = async (t: ExecutionContext) => {
  const executed = new Map<string, number>();
  const backend = () =>
    listen(t, (req, res) => {
      req.resume();
      req.on('end', () => {
        const id = req.url!.split('/')[2]!;
        executed.set(id, (executed.get(id) ?? 0) + 1);
        setTimeout(() => res.end(`done ${id}`), 5);
      });
    });
  const file = yaml(await backend(), await backend());
  const front = await balancer(t);
  // Longer than the balancer takes to see that a replica is not ready any more.
  const replica = () => startGateway(t, file, { gateway: 'drain: 2500ms' });
  const first = await Promise.all([replica(), replica()]);
  await Promise.all(first.map((each) => front.add(each)));
  /** Each call was carried out once, no more and no less. */
  const onceEach = (calls: number) => {
    t.is(executed.size, calls);
    t.deepEqual(
      [...executed].filter(([, times]) => times !== 1),
      [],
    );
  };
  return { front, replica, first, onceEach };
};

test.serial('both replicas are replaced, one after the other', async (t) => {
  const { front, replica, first, onceEach } = await rig(t);
  const clients = load(front.url, 8);
  for (const old of first) {
    await front.add(await replica());
    old.signal('SIGTERM');
    t.is(await old.exited, 0);
    front.remove(old);
  }
  t.deepEqual(await clients.stop(), []);
  t.true(clients.calls > 500, `${clients.calls} calls`);
  onceEach(clients.calls);
});

const flip = async (gateway: RunningGateway, weight: number): Promise<number> => {
  const reply = await fetch(`${gateway.admin}/api/v1/flip`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.token}` },
    body: JSON.stringify({ target: 'orders.POST /orders/{id}', weight, why: 'to and fro' }),
  });
  await reply.arrayBuffer();
  return reply.status;
};

test.serial('two hundred flips', async (t) => {
  const { front, first, onceEach } = await rig(t);
  const clients = load(front.url, 8);
  for (let n = 0; n < 200; n += 1) {
    t.deepEqual(await Promise.all(first.map((each) => flip(each, (n * 37) % 101))), [200, 200]);
  }
  t.deepEqual(await clients.stop(), []);
  onceEach(clients.calls);
  for (const each of first) t.true((await each.metric('strangler_config_revision')) > 200);
});
