// What `strangler scaffold` writes is a project's beginning: it compiles, lints, and its tests are red until it is written.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { scaffolding } from '../../gateway/cli/commands/compiled.ts';
import { scaffold as command } from '../../gateway/cli/commands/scaffold.ts';
import { catalog } from '../helpers/catalog.ts';
import { goldenContract } from '../helpers/contracts.ts';
import { lawFiles, lawNames } from '../helpers/law-contracts.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const orders = join(root, 'examples/orders/contracts/OrderService.wsdl');

interface Ended {
  readonly exit: number;
  readonly out: string;
}

/** Runs a program of Node's in a folder. */
const run = (cwd: string, program: string, ...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const { FORCE_COLOR: _color, NODE_OPTIONS: _options, ...env } = process.env;
    execFile(
      process.execPath,
      [join(root, program), ...args],
      { cwd, env: { ...env, CI: '' } },
      (error, stdout, stderr) => {
        resolve({ exit: error === null ? 0 : Number(error.code ?? 1), out: stdout + stderr });
      },
    );
  });

/** A project of somebody's, with this package and what tests need among its packages. */
const project = async (t: ExecutionContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'scaffold-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const write = (name: string, json: object): Promise<void> => writeFile(join(folder, name), JSON.stringify(json));
  await write('package.json', { type: 'module', ava: { extensions: ['ts'] } });
  const compilerOptions = { incremental: false, tsBuildInfoFile: null };
  const tsconfig = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['**/*.ts'], exclude: [] };
  await write('tsconfig.json', tsconfig);
  await cp(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(root, join(folder, 'node_modules/strangler-gateway'));
  for (const name of ['ava', '@types'])
    await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  return folder;
};

const scaffold = (folder: string, ...args: readonly string[]): Promise<Ended> =>
  run(folder, 'gateway/cli/main.ts', 'scaffold', ...args);
const tsc = (folder: string): Promise<Ended> => run(folder, 'node_modules/typescript/bin/tsc', '-p', '.');
const lint = (folder: string): Promise<Ended> =>
  run(folder, 'node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings', 'service');

/** As the command does it, without a process of its own for each. */
const scaffoldHere = async (wsdl: string, out: string): Promise<Ended> => {
  let told = '';
  const io = {
    stdout: { write: (text: string) => (told += text) },
    stderr: { write: (text: string) => (told += text) },
  };
  return { exit: await command({ wsdl, out, force: false }, scaffolding, io), out: told };
};

// One project for all: what compiles and lints it starts only once.
test('what is made compiles under the strictest rules, and lints: of services, and of models of every kind', async (t) => {
  const folder = await project(t);
  const services = { orders, shapes: goldenContract('shapes.wsdl'), catalog: catalog.wsdl };
  for (const [name, wsdl] of Object.entries(services))
    t.like(await scaffold(folder, wsdl, '--out', `service/${name}`), { exit: 0 }, name);
  const models = lawNames.filter((each) => each !== 'rpc-literal');
  for (const name of models) {
    const work = await lawFiles(name);
    t.teardown(() => rm(work, { recursive: true }));
    const made = await scaffoldHere(join(work, 'service.wsdl'), join(folder, 'service', name));
    t.is(made.exit, 0, made.out);
  }
  t.deepEqual(await tsc(folder), { exit: 0, out: '' });
  const { exit, out } = await lint(folder);
  t.is(exit, 0, out);
  t.regex(out, /Found 0 warnings and 0 errors/);
  const files = Number(/on (\d+) files/.exec(out)?.[1]);
  t.true(files >= 3 * (3 + models.length), out);
});

test('its tests are red until the handlers are written', async (t) => {
  const folder = await project(t);
  await scaffold(folder, orders, '--out', 'service');
  const file = join(folder, 'service/handlers.ts');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(`{\n  throw new Error('Ping is not written yet');\n}`, `({ result: 'pong' })`));
  const { exit, out } = await run(folder, 'node_modules/ava/entrypoints/cli.js', '--tap');
  t.is(exit, 1, out);
  t.regex(out, /^ok \d+ - .*Ping answers what the contract has/m);
  t.is(out.match(/^not ok/gm)?.length, 6);
  for (const name of ['GetOrder', 'ListOrders', 'PlaceOrder', 'CancelOrder', 'NotifyShipment', 'CountOrders'])
    t.true(out.includes(`${name} is not written yet`), name);
});

test('the routes block is a file that check takes, handlers and all', async (t) => {
  const folder = await project(t);
  await scaffold(folder, orders, '--out', 'service');
  const { exit, out } = await run(folder, 'gateway/cli/main.ts', 'check', '--config', 'service/routes.yaml');
  t.is(exit, 0, out);
  t.true(out.includes('OrderService  GetOrder'));
});

test('what somebody wrote is never written over', async (t) => {
  const folder = await project(t);
  await cp(orders, join(folder, 'Orders.wsdl'));
  t.like(await scaffold(folder, 'Orders.wsdl'), { exit: 0 });
  const mine = join(folder, 'orders/handlers.ts');
  await writeFile(mine, '// mine\n');
  await writeFile(join(folder, 'orders/types.ts'), '// old\n');
  const refused = await scaffold(folder, 'Orders.wsdl');
  t.is(refused.exit, 2);
  t.regex(
    refused.out,
    /^strangler: 20 files are there already, such as orders\/types\.ts; --force writes over all but/,
  );
  t.is(await readFile(join(folder, 'orders/types.ts'), 'utf8'), '// old\n');
  const forced = await scaffold(folder, 'Orders.wsdl', '--force');
  t.is(forced.exit, 0);
  t.true(forced.out.includes('kept  orders/handlers.ts\nkept  orders/handlers.test.ts\n'));
  t.is(await readFile(mine, 'utf8'), '// mine\n');
  t.not(await readFile(join(folder, 'orders/types.ts'), 'utf8'), '// old\n');
});

test('mistakes get one line', async (t) => {
  const folder = await project(t);
  const absent = await scaffold(folder, 'Absent.wsdl');
  t.is(absent.exit, 1);
  t.regex(absent.out, /^strangler: .*Absent\.wsdl.*\n$/);
  const remote = await scaffold(folder, 'http://127.0.0.1/x?wsdl');
  t.is(remote.exit, 2);
  t.regex(remote.out, /^strangler: .*strangler import --out.*\n$/);
});
