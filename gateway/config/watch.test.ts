// Real files: what is at stake is what a file system and its watches really do.
import test from 'ava';
import type { ExecutionContext } from 'ava';
import { mkdir, mkdtemp, open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { watch } from './watch.ts';

interface Watched {
  readonly file: string;
  readonly folder: string;
  /** What the file held at each change that was told. */
  readonly told: string[];
  /** Resolves, with the milliseconds it took, when this was told as the newest content. */
  readonly arrives: (text: string) => Promise<number>;
}

type Options = Parameters<typeof watch>[2];

const folderOf = async (t: ExecutionContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'watch-'));
  t.teardown(() => rm(folder, { recursive: true }));
  // A watch keeps no process alive; a test that waits for one must do so itself.
  const awake = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(awake));
  return folder;
};

const watched = async (t: ExecutionContext, file: string, options: Options = {}): Promise<Watched> => {
  const told: string[] = [];
  const listeners = new Set<() => void>();
  const read = (): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '(gone)';
    }
  };
  const onChange = (): void => {
    told.push(read());
    for (const listener of listeners) listener();
  };
  const files = [file, join(dirname(file), 'routes.config.d')];
  t.teardown(await watch(() => files, onChange, options));
  const arrives = async (text: string): Promise<number> => {
    const start = performance.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    const listener = (): void => {
      if (told.at(-1) === text) resolve();
    };
    listeners.add(listener);
    listener();
    await Promise.race([
      promise,
      wait(5000, null, { ref: false }).then(() => t.fail(`${text} was never told; ${told.join()}`)),
    ]);
    listeners.delete(listener);
    return performance.now() - start;
  };
  return { file, folder: dirname(file), told, arrives };
};

const plainFile = async (t: ExecutionContext, options: Options = {}): Promise<Watched> => {
  const file = join(await folderOf(t), 'routes.config.yaml');
  await writeFile(file, 'first');
  return watched(t, file, options);
};

/** As the kubelet lays a ConfigMap out: file → ..data/file, ..data → ..1. */
const configMap = async (t: ExecutionContext): Promise<{ file: string; swap: (text: string) => Promise<void> }> => {
  const folder = await folderOf(t);
  let version = 0;
  let last: string | null = null;
  const swap = async (text: string): Promise<void> => {
    const name = `..${(version += 1)}`;
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'routes.config.yaml'), text);
    await symlink(name, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    if (last !== null) await rm(join(folder, last), { recursive: true });
    last = name;
  };
  await swap('first');
  await symlink('..data/routes.config.yaml', join(folder, 'routes.config.yaml'));
  return { file: join(folder, 'routes.config.yaml'), swap };
};

const enough = 1000;

test('a file written in place is told within a second', async (t) => {
  const { file, arrives, told } = await plainFile(t);
  await writeFile(file, 'second');
  t.true((await arrives('second')) < enough);
  t.deepEqual(told, ['second']);
});

test('a file renamed over the old one is told, and the next one too', async (t) => {
  const { file, arrives, told } = await plainFile(t);
  for (const text of ['second', 'third', 'fourth']) {
    await writeFile(`${file}.tmp`, text);
    await rename(`${file}.tmp`, file);
    t.true((await arrives(text)) < enough);
  }
  t.deepEqual(told, ['second', 'third', 'fourth']);
});

test('every swap of a ConfigMap is told', async (t) => {
  const map = await configMap(t);
  const { arrives, told } = await watched(t, map.file);
  for (const text of ['second', 'third', 'fourth']) {
    await map.swap(text);
    t.true((await arrives(text)) < enough);
  }
  t.deepEqual(told, ['second', 'third', 'fourth']);
});

test('a swap between equal contents is nothing', async (t) => {
  const map = await configMap(t);
  const { arrives, told } = await watched(t, map.file);
  await map.swap('first');
  await map.swap('first');
  await map.swap('second');
  await arrives('second');
  t.deepEqual(told, ['second']);
});

test('a save that empties the file first is told once, when it is whole', async (t) => {
  const { file, arrives, told } = await plainFile(t, { settle: 300, longest: 3000 });
  const handle = await open(file, 'w');
  await wait(20);
  await handle.write('half ');
  await wait(20);
  await handle.write('whole');
  await handle.close();
  await arrives('half whole');
  t.deepEqual(told, ['half whole']);
});

test('an editor that moves the file away before it writes is told once', async (t) => {
  const { file, arrives, told } = await plainFile(t, { longest: 3000 });
  await rename(file, `${file}~`);
  await wait(150);
  await writeFile(file, 'second');
  await arrives('second');
  t.deepEqual(told, ['second']);
});

test('of many saves the last one wins', async (t) => {
  const { file, arrives } = await plainFile(t);
  for (let save = 1; save <= 200; save++) await writeFile(file, `save ${save}`);
  t.true((await arrives('save 200')) < enough);
});

test('a file that is never still is told all the same', async (t) => {
  const { file, told } = await plainFile(t);
  const end = performance.now() + 900;
  for (let save = 1; performance.now() < end; save++) {
    await writeFile(file, `save ${save}`);
    await wait(5);
  }
  t.true(told.length >= 1);
});

test('saves of equal length at the same moment are told', async (t) => {
  const { file, arrives } = await plainFile(t);
  for (const text of ['aaaaa', 'bbbbb', 'ccccc']) {
    await writeFile(file, text);
    await t.notThrowsAsync(arrives(text), text);
  }
});

test('a file that goes is told, and told again when it returns', async (t) => {
  const { file, arrives, told } = await plainFile(t);
  await rm(file);
  await arrives('(gone)');
  await writeFile(file, 'first');
  await arrives('first');
  t.deepEqual(told, ['(gone)', 'first']);
});

test('the looks alone see everything, where watching a folder fails', async (t) => {
  const real = await folderOf(t);
  const folder = await folderOf(t);
  await writeFile(join(real, 'a'), 'first');
  await symlink(join(real, 'a'), join(folder, 'routes.config.yaml'));
  // The folder of the link never stirs when the file behind it is written.
  const { arrives } = await watched(t, join(folder, 'routes.config.yaml'));
  await writeFile(join(real, 'a'), 'second');
  t.true((await arrives('second')) < enough);
});

test("a team's file that comes, changes and goes is told each time", async (t) => {
  const { folder, told } = await plainFile(t);
  const team = join(folder, 'routes.config.d', 'team.yaml');
  const steps = [
    async () => {
      await mkdir(dirname(team));
      await writeFile(team, 'a');
    },
    () => writeFile(team, 'b'),
    () => rm(dirname(team), { recursive: true }),
    async () => {
      await mkdir(dirname(team));
      await writeFile(team, 'a');
    },
  ];
  for (const [index, step] of steps.entries()) {
    await step();
    const end = performance.now() + 3000;
    while (told.length <= index && performance.now() < end) await wait(10);
    t.is(told.length, index + 1);
  }
});

test('a file beside it that is none of ours is nothing', async (t) => {
  const { file, folder, arrives, told } = await plainFile(t);
  await mkdir(join(folder, 'routes.config.d'));
  await writeFile(join(folder, 'routes.config.d', '.team.yaml.swp'), 'x');
  await writeFile(join(folder, 'other.log'), 'x');
  await wait(700);
  await writeFile(file, 'second');
  await arrives('second');
  t.deepEqual(told, ['second']);
});

test('files that a new table brings are watched from then on, without a change of their own', async (t) => {
  const folder = await folderOf(t);
  const [file, wsdl] = [join(folder, 'routes.config.yaml'), join(folder, 'orders.wsdl')];
  await writeFile(file, 'first');
  let files = [file];
  const { promise: first, resolve: resolveFirst } = Promise.withResolvers<void>();
  const { promise: second, resolve: resolveSecond } = Promise.withResolvers<void>();
  let calls = 0;
  const onChange = (): void => {
    files = [file, wsdl];
    calls += 1;
    (calls === 1 ? resolveFirst : resolveSecond)();
  };
  t.teardown(await watch(() => files, onChange));
  await writeFile(wsdl, 'w');
  await writeFile(file, 'second');
  await first;
  await wait(600);
  t.is(calls, 1);
  await writeFile(wsdl, 'w2');
  await second;
  t.is(calls, 2);
});

test('an error of the callback is reported, and the watch goes on', async (t) => {
  const file = join(await folderOf(t), 'routes.config.yaml');
  await writeFile(file, 'first');
  const errors: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let calls = 0;
  const onChange = async (): Promise<void> => {
    calls += 1;
    if (calls === 2) resolve();
    else throw new Error('not this time');
  };
  t.teardown(await watch(() => [file], onChange, { onError: (error) => errors.push(error) }));
  await writeFile(file, 'second');
  while (errors.length === 0) await wait(10);
  await writeFile(file, 'third');
  await promise;
  t.is(String(errors[0]), 'Error: not this time');
});

test('after the end nothing is told', async (t) => {
  const file = join(await folderOf(t), 'routes.config.yaml');
  await writeFile(file, 'first');
  let told = 0;
  const stop = await watch(
    () => [file],
    () => {
      told += 1;
    },
  );
  await writeFile(file, 'second');
  stop();
  await wait(600);
  t.is(told, 0);
});
