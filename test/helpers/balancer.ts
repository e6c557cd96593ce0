// A balancer as operators have one: it asks every replica's /readyz each second, keeps connections open, honours
// `Connection: close`, and repeats nothing. In use by tests that restart replicas behind it.
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

export interface Replica {
  readonly url: string;
  readonly admin: string;
}

export interface Balancer {
  readonly url: string;
  /** Calls go to it from its first good /readyz on. Resolves then. */
  add(replica: Replica): Promise<void>;
  /** Nothing is asked of it any more, not even whether it is ready. */
  remove(replica: Replica): void;
}

const pollEvery = 1000;

export const balancer = async (t: ExecutionContext): Promise<Balancer> => {
  const known = new Map<Replica, { ready: boolean; readonly agent: Agent; readonly timer: NodeJS.Timeout }>();
  let turn = 0;
  const server = createServer((req, res) => {
    const ready = [...known].filter(([, entry]) => entry.ready);
    const chosen = ready[turn++ % ready.length];
    const failed = (why: string): void => {
      if (res.headersSent) res.destroy();
      else res.writeHead(502).end(why);
    };
    if (chosen === undefined) {
      failed('no replica is ready');
      return;
    }
    const [{ url }, { agent }] = chosen;
    const { connection: _, ...headers } = req.headers;
    const onward = request(new URL(req.url ?? '/', url), { method: req.method, headers, agent }, (reply) => {
      res.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(res);
      reply.on('error', () => res.destroy());
    });
    onward.on('error', (error) => failed(error.message));
    req.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const remove = (replica: Replica) => {
    const entry = known.get(replica);
    clearInterval(entry?.timer);
    entry?.agent.destroy();
    known.delete(replica);
  };
  t.teardown(() => {
    known.forEach((_, replica) => remove(replica));
    server.closeAllConnections();
    server.close();
  });
  const isReady = ({ admin }: Replica) =>
    fetch(`${admin}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (replica) =>
      new Promise((resolve) => {
        const poll = async () => {
          entry.ready = await isReady(replica);
          if (entry.ready) resolve();
        };
        const entry = { ready: false, agent: new Agent({ keepAlive: true }), timer: setInterval(poll, pollEvery) };
        known.set(replica, entry);
        void poll();
      }),
    remove,
  };
};
