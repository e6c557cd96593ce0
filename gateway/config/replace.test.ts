import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { replaceFile } from './replace.ts';

const saved = async (t: ExecutionContext, text: string): Promise<{ folder: string; file: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'strangler-replace-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'routes.config.yaml');
  await writeFile(file, text, { mode: 0o640 });
  return { folder, file };
};

test('a file is replaced with its mode, and nothing is left beside it', async (t) => {
  const { folder, file } = await saved(t, 'a');
  t.true(await replaceFile(file, 'a', 'b'));
  t.is(await readFile(file, 'utf8'), 'b');
  t.is((await stat(file)).mode & 0o777, 0o640);
  t.deepEqual(await readdir(folder), ['routes.config.yaml']);
});

test('a file that was saved meanwhile is left as it is', async (t) => {
  const { folder, file } = await saved(t, 'by an editor');
  t.false(await replaceFile(file, 'a', 'b'));
  t.is(await readFile(file, 'utf8'), 'by an editor');
  t.deepEqual(await readdir(folder), ['routes.config.yaml']);
});

test('of many edits of one text a single one is taken', async (t) => {
  const { file } = await saved(t, 'a');
  const taken = await Promise.all(Array.from({ length: 20 }, (_, n) => replaceFile(file, 'a', `b${n}`)));
  t.is(taken.filter(Boolean).length, 1);
});

test('a link stays, and what it points at is replaced', async (t) => {
  const { folder, file } = await saved(t, 'a');
  const link = join(folder, 'link.yaml');
  await symlink(file, link);
  t.true(await replaceFile(link, 'a', 'b'));
  t.true((await lstat(link)).isSymbolicLink());
  t.is(await readFile(file, 'utf8'), 'b');
});

test('a lock that a dead process left is broken', async (t) => {
  const { folder, file } = await saved(t, 'a');
  const lock = join(folder, '.routes.config.yaml.strangler-lock');
  await writeFile(lock, '');
  await utimes(lock, 0, 0);
  t.true(await replaceFile(file, 'a', 'b'));
});

test('of many that find such a lock a single one gets its place', async (t) => {
  const { folder, file } = await saved(t, 'a');
  const lock = join(folder, '.routes.config.yaml.strangler-lock');
  for (let round = 0; round < 20; round += 1) {
    await writeFile(file, 'a');
    await writeFile(lock, '');
    await utimes(lock, 0, 0);
    const taken = await Promise.all(Array.from({ length: 20 }, (_, n) => replaceFile(file, 'a', `b${n}`)));
    t.is(taken.filter(Boolean).length, 1);
  }
  t.deepEqual(await readdir(folder), ['routes.config.yaml']);
});
