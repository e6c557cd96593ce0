// The file as it is spread over a real house: a base, one file a team, an environment's overlay, values from the environment,
// and all of it brought by Kubernetes as a ConfigMap.
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, listeners, startGateway, type Gateway } from '../helpers/gateway.ts';
import { gatewayHere } from '../helpers/gateway-here.ts';
import { listen } from '../helpers/listen.ts';

const named = (t: ExecutionContext, name: string): Promise<string> => listen(t, (_req, res) => res.end(name));
const ask = async (gateway: Gateway, path: string): Promise<string> => (await fetch(`${gateway.url}${path}`)).text();
const weight = (gateway: Gateway, route: string): Promise<number> =>
  gateway.metric('strangler_weight', { route, operation: 'other' });
const logged = (gateway: Gateway, what: RegExp): Promise<number> =>
  eventually(() => gateway.lines().some((line) => what.test(JSON.stringify(line))));

/** Product promise P1. */
const within = async (t: ExecutionContext, is: () => Promise<boolean>): Promise<void> => {
  const took = await eventually(is, 3000);
  t.true(took < 1000, `live after ${Math.round(took)} ms`);
};

test.serial(
  'teams add their routes, an overlay lays its values over all, and each of them is live once saved',
  async (t) => {
    const [old, young, third] = [await named(t, 'old'), await named(t, 'young'), await named(t, 'third')];
    const base = `destinations: { old: { adapter: http, url: '${old}' }, young: { adapter: http, url: '${young}' } }
routes:
  orders: { match: { path: /orders/** }, legacy: old, modern: young, weight: 0 }
`;
    const team = (path: string) => `destinations: { third: { adapter: http, url: '${third}' } }
routes:
  stock: { match: { path: ${path} }, legacy: old, modern: third, weight: 0 }
`;
    const overlay = (orders: number, stock: number) =>
      `routes: { orders: { weight: ${orders} }, stock: { weight: ${stock} } }\n`;
    let folder = '';
    const gateway = await startGateway(t, base, {
      args: ['--config', '{folder}/prod.yaml'],
      prepare: async (made) => {
        folder = made;
        await mkdir(join(folder, 'routes.config.d'));
        await writeFile(join(folder, 'routes.config.d', 'stock.yaml'), team('/stock/**'));
        await writeFile(join(folder, 'prod.yaml'), overlay(100, 0));
      },
    });
    t.is(await ask(gateway, '/orders/1'), 'young');
    t.is(await ask(gateway, '/stock/1'), 'old');
    const save = async (name: string, text: string) => {
      await writeFile(join(folder, '.beside'), text);
      await rename(join(folder, '.beside'), join(folder, name));
    };
    await save('prod.yaml', overlay(0, 100));
    await within(t, async () => (await ask(gateway, '/stock/1')) === 'third');
    t.is(await ask(gateway, '/orders/1'), 'old');
    await save('routes.config.d/stock.yaml', team('/store/**'));
    await within(t, async () => (await ask(gateway, '/store/1')) === 'third');
    t.is((await fetch(`${gateway.url}/stock/1`)).status, 404);
    // A team that joins later, and one that defines what another has: told with both places, and nothing changes.
    await save('routes.config.d/more.yaml', `routes: { more: { match: { path: /more }, legacy: third } }\n`);
    await within(t, async () => (await ask(gateway, '/more')) === 'third');
    await save('routes.config.d/twice.yaml', `routes: { stock: { match: { path: /twice }, legacy: old } }\n`);
    await eventually(async () => (await gateway.metric('strangler_config_last_reload_success')) === 0);
    await logged(gateway, /twice\.yaml.*stock\.yaml/);
    t.is(await ask(gateway, '/store/1'), 'third');
    // Taken back, the file is what serves already, and the complaint must end all the same.
    await rm(join(folder, 'routes.config.d/twice.yaml'));
    await eventually(async () => (await gateway.metric('strangler_config_last_reload_success')) === 1);
  },
);

test.serial('values come from the environment, defaults where it says nothing, and never show', async (t) => {
  const [old, young] = [await named(t, 'old'), await named(t, 'young')];
  const routes = (share: string) => `destinations:
  old: { adapter: http, url: "\${OLD_URL}" }
  young: { adapter: http, url: "http://user-\${NOBODY:-none}.invalid" }
  real: { adapter: http, url: "\${YOUNG_URL:-http://127.0.0.1:1}" }
routes:
  items: { match: { path: /items/** }, legacy: old, modern: real, weight: "${share}" }
`;
  const gateway = await gatewayHere(t, routes('${SHARE:-100}'), {
    env: { OLD_URL: old, YOUNG_URL: young, PIN_SECRET: 'a-secret-of-some-length' },
    gateway: 'pins: { secret: "${PIN_SECRET}" }',
  });
  t.is(await ask(gateway, '/items/1'), 'young');
  t.is(await weight(gateway, 'items'), 100);
  await gateway.save(routes('${MISSING}'));
  await eventually(async () => (await gateway.metric('strangler_config_last_reload_success')) === 0);
  await logged(gateway, /environment variable MISSING is not set/);
  t.is(await ask(gateway, '/items/1'), 'young');
  await gateway.save(routes('${ALSO_MISSING:-0}'));
  await eventually(async () => (await ask(gateway, '/items/1')) === 'old');
  t.notRegex(JSON.stringify(gateway.lines()), /a-secret-of-some-length/);
});

test.serial('a ConfigMap that Kubernetes swaps is live within a second, every time', async (t) => {
  const [old, young] = [await named(t, 'old'), await named(t, 'young')];
  const text = (share: number) => `${listeners()}
destinations: { old: { adapter: http, url: '${old}' }, young: { adapter: http, url: '${young}' } }
routes: { items: { match: { path: /items/** }, legacy: old, modern: young, weight: ${share} } }
`;
  let folder = '';
  /** As kubelet's AtomicWriter does it: a new folder, a link to it renamed over `..data`, the folder before it removed. */
  let before = '';
  const swap = async (share: number, n: number) => {
    const stamped = `..2026_01_01_00_00_0${n}.${n}`;
    await mkdir(join(folder, stamped));
    await writeFile(join(folder, stamped, 'routes.config.yaml'), text(share));
    await symlink(stamped, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    if (before !== '') await rm(join(folder, before), { recursive: true });
    before = stamped;
  };
  const gateway = await gatewayHere(t, null, {
    prepare: async (made) => {
      folder = made;
      await swap(0, 0);
      await symlink(join('..data', 'routes.config.yaml'), join(folder, 'routes.config.yaml'));
    },
  });
  t.is(await ask(gateway, '/items/1'), 'old');
  for (let n = 1; n <= 6; n++) {
    const share = n % 2 === 1 ? 100 : 0;
    await swap(share, n);
    await within(t, async () => (await weight(gateway, 'items')) === share);
    t.is(await ask(gateway, '/items/1'), share === 100 ? 'young' : 'old');
  }
  t.is(await gateway.metric('strangler_config_reloads_total', { result: 'rejected' }), 0);
});

test.serial('what waits for a restart is told, and told no more once it is put back', async (t) => {
  const yaml = `destinations: { old: { adapter: http, url: 'http://127.0.0.1:1' } }
routes: { all: { match: { path: /** }, legacy: old } }
`;
  const gateway = await startGateway(t, yaml);
  const save = (settings: string) => writeFile(gateway.file, `${listeners(`drain: 0s${settings}`)}\n${yaml}`);
  const waiting = async (): Promise<string> => {
    const status = (await (await fetch(`${gateway.admin}/api/v1/status`)).json()) as {
      config: { restartNeeded: string[] };
    };
    return status.config.restartNeeded.join();
  };
  await save(', limits: { header: 32kb, held: 1mb }');
  await eventually(async () => (await waiting()) === 'gateway.limits.header');
  // Another save that leaves it as it is: it still waits.
  await save(', limits: { header: 32kb, held: 2mb }');
  await eventually(async () => (await gateway.metric('strangler_config_revision')) === 3);
  t.is(await waiting(), 'gateway.limits.header');
  await save('');
  await eventually(async () => (await waiting()) === '');
});
