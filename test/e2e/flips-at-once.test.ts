// A flip reads the file, changes one line and saves it: two at once must not save over each other.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { listeners, startGateway, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';

const names = Array.from({ length: 20 }, (_, n) => `GET /items/${n}`);
const operations = (weightOf: (n: number) => number): string =>
  names.map((name, n) => `      ${name}: { weight: ${weightOf(n)} } # operation ${n}\n`).join('');
const yaml = (weightOf: (n: number) => number): string => `# who: the items team
destinations: { old: { adapter: http, url: 'http://127.0.0.1:1' }, young: { adapter: http, url: 'http://127.0.0.1:2' } }
routes:
  items:
    match: { path: /items/** } # all of them
    legacy: old
    modern: young
    cohort: { header: X-Client-Id }
    operations:
${operations(weightOf)}`;

const flip = async (gateway: Gateway, n: number): Promise<{ status: number; text: string }> => {
  const reply = await fetch(`${gateway.admin}/api/v1/flip`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.token}` },
    body: JSON.stringify({ target: `items.${names[n]}`, weight: n + 1, why: 'at once' }),
  });
  return { status: reply.status, text: await reply.text() };
};

const allFlipped = async (t: ExecutionContext, file: string, answers: { status: number; text: string }[]) => {
  for (const { status, text } of answers) t.is(status, 200, text);
  t.is(await readFile(file, 'utf8'), `${listeners()}\n${yaml((n) => n + 1)}`);
};

test('twenty flips at once are all in the file, and its comments too', async (t) => {
  const gateway = await gatewayHere(
    t,
    yaml(() => 0),
  );
  await allFlipped(t, gateway.file, await Promise.all(names.map((_, n) => flip(gateway, n))));
  for (const [n, operation] of names.entries())
    t.is(await gateway.metric('strangler_weight', { route: 'items', operation }), n + 1);
});

test('nor do two gateways on one file lose a flip of each other', async (t) => {
  const first = await startGateway(
    t,
    yaml(() => 0),
  );
  const second = await startGateway(t, null, {
    prepare: (folder) => writeFile(join(folder, 'routes.config.yaml'), `${listeners()}\n${yaml(() => 0)}`),
    args: ['--config', first.file],
  });
  await allFlipped(t, first.file, await Promise.all(names.map((_, n) => flip(n % 2 === 0 ? first : second, n))));
});

test('a file that one line cannot be changed of is told as that', async (t) => {
  const gateway = await gatewayHere(t, yaml(() => 0).replace('  items:\n', '  items: &items\n'));
  const { status, text } = await flip(gateway, 0);
  t.is(status, 422);
  t.regex(text, /edit it by hand/);
});
