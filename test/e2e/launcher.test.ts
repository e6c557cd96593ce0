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

const direct = ['--import', old, join(root, 'bin/strangler.mjs')];

const launched = async (t: ExecutionContext, { script = direct, npx = false, drain = '0s' } = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-launcher-'));
  const file = join(folder, 'routes.config.yaml');
  await writeFile(
    file,
    `${listeners(`drain: ${drain}`)}
destinations: { old: { adapter: http, url: 'http://127.0.0.1:1' }, new: { adapter: http, url: 'http://127.0.0.1:1' } }
routes: { all: { match: { path: /** }, legacy: old, modern: new, weight: 100 } }\n`,
  );
  const command = [process.execPath, ...script, 'serve', '--config', file];
  // As npm does it; what follows keeps a shell from making way for the command.
  const [first = '', ...rest] = npx ? ['sh', '-c', '"$0" "$@"; exit $?', ...command] : command;
  const { npm_command: _, ...env } = process.env;
  const child = spawn(first, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: npx ? { ...env, npm_command: 'exec' } : env,
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

const pidOf = async (admin: string): Promise<number> =>
  ((await (await fetch(`${admin}/api/v1/status`)).json()) as { gateway: { pid: number } }).gateway.pid;

const orphaned = test.macro(async (t: ExecutionContext, script: readonly string[]) => {
  const { child, exited, admin, lines } = await launched(t, { script: [...script], npx: true });
  const pid = await pidOf(admin);
  t.teardown(() => void (t.passed || process.kill(pid, 'SIGKILL')));
  child.kill('SIGTERM');
  t.deepEqual(await exited, [null, 'SIGTERM'], 'the shell, which tells nobody');
  await eventually(() => lines().includes('"type":"stopped"'));
});
test('a SIGTERM to npx, of which nothing but the end of a shell is heard, ends the gateway in good order', orphaned, [
  join(root, 'gateway/cli/main.ts'),
]);
test('and one that a launcher has started', orphaned, direct);

test('a SIGTERM to all of a group, which the gateway gets twice, is a drain all the same', async (t) => {
  const { child, exited, admin, lines } = await launched(t, { drain: '2s' });
  const pid = await pidOf(admin);
  t.not(pid, child.pid);
  process.kill(pid, 'SIGTERM');
  await eventually(() => lines().includes('"type":"draining"'));
  child.kill('SIGTERM');
  t.deepEqual(await exited, [0, null]);
  t.true(lines().includes('"type":"stopped"'));
});
