// bin/strangler.mjs on a Node that is too old: it starts the newer one, and is as good as that one to whoever started it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, listeners, root } from '../helpers/gateway.ts';

/** What the launcher looks at; everything else stays as it is. */
const old =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.0.0"}})';

const launched = async (t: ExecutionContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-launcher-'));
  const file = join(folder, 'routes.config.yaml');
  await writeFile(
    file,
    `${listeners()}
destinations: { old: { adapter: http, url: 'http://127.0.0.1:1' }, new: { adapter: http, url: 'http://127.0.0.1:1' } }
routes: { all: { match: { path: /** }, legacy: old, modern: new, weight: 100 } }\n`,
  );
  const child = spawn(process.execPath, ['--import', old, join(root, 'bin/strangler.mjs'), 'serve', '--config', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  t.teardown(async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  });
  let told = '';
  let lines = '';
  child.stderr.on('data', (bytes: Buffer) => (told += bytes.toString()));
  child.stdout.on('data', (bytes: Buffer) => (lines += bytes.toString()));
  await eventually(() => told.includes('admin on http'), 20_000);
  const admin = /admin on (http:\S+?)\/\n/.exec(told)![1]!;
  return { child, exited, admin, lines: () => lines };
};

test('SIGTERM ends the gateway, not only its launcher, and its exit code is handed on', async (t) => {
  const { child, exited, admin } = await launched(t);
  child.kill('SIGTERM');
  t.deepEqual(await exited, [0, null]);
  await t.throwsAsync(fetch(`${admin}/healthz`));
});

test('SIGHUP reads the file again, and ends nobody', async (t) => {
  const { child, lines } = await launched(t);
  child.kill('SIGHUP');
  await eventually(() => lines().includes('"type":"reread"'));
  t.is(child.exitCode, null);
});

test('SIGUSR2 sends everything to legacy', async (t) => {
  const { child, lines } = await launched(t);
  child.kill('SIGUSR2');
  await eventually(() => lines().includes('"type":"killed"'));
  t.is(child.exitCode, null);
});
