// A gateway that is killed and started again is the one it was: what matters is in its file, and nothing else was to be lost.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { startGateway, type RunningGateway } from '../helpers/gateway.ts';
import { listen } from '../helpers/listen.ts';

const clients = Array.from({ length: 60 }, (_, n) => `client-${n}`);

const sideOf = async (gateway: RunningGateway, client: string): Promise<string> => {
  const reply = await fetch(`${gateway.url}/items/1`, { headers: { 'x-client-id': client } });
  return reply.text();
};

const flip = async (gateway: RunningGateway, weight: number): Promise<number> => {
  const reply = await fetch(`${gateway.admin}/api/v1/flip`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.token}` },
    body: JSON.stringify({ target: 'items.GET /items/{id}', weight, why: 'before the crash' }),
  });
  await reply.arrayBuffer();
  return reply.status;
};

test('weights that were flipped, sides of clients and a kill outlive kill -9', async (t) => {
  const [old, young] = [
    await listen(t, (_req, res) => res.end('legacy')),
    await listen(t, (_req, res) => res.end('modern')),
  ];
  const first = await startGateway(
    t,
    `
destinations: { old: { adapter: http, url: '${old}' }, young: { adapter: http, url: '${young}' } }
routes:
  items:
    match: { path: /items/** }
    legacy: old
    modern: young
    cohort: { header: X-Client-Id }
    operations:
      GET /items/{id}: { weight: 0 }
`,
  );
  t.is(await flip(first, 37), 200);
  const before = await Promise.all(clients.map((client) => sideOf(first, client)));
  t.deepEqual([...new Set(before)].toSorted(), ['legacy', 'modern']);

  first.signal('SIGKILL');
  await first.exited;
  const text = await readFile(first.file, 'utf8');
  const second = await startGateway(t, null, {
    prepare: (folder) => writeFile(join(folder, 'routes.config.yaml'), text),
  });
  t.is(await second.metric('strangler_weight', { route: 'items' }), 37);
  t.deepEqual(await Promise.all(clients.map((client) => sideOf(second, client))), before);

  const killed = await startGateway(t, null, {
    prepare: async (folder) => {
      await writeFile(join(folder, 'routes.config.yaml'), text);
      await writeFile(join(folder, 'kill'), '');
    },
    args: ['--kill-file', '{folder}/kill'],
  });
  t.deepEqual([...new Set(await Promise.all(clients.map((client) => sideOf(killed, client))))], ['legacy']);
});
