import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { lineSink } from './line-sink.ts';

const block = (n: number): Buffer => Buffer.from(`${'x'.repeat(100)} ${n}\n`);

test('blocks are in the file in their order once it is closed', async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), 'strangler-sink-')), 'log');
  const sink = lineSink(file);
  for (let n = 0; n < 1000; n += 1) sink.add(block(n));
  await sink.close();
  t.is(readFileSync(file, 'utf8'), Array.from({ length: 1000 }, (_, n) => block(n).toString()).join(''));
  t.is(sink.dropped, 0);
});

const full = existsSync('/dev/full') ? test : test.skip; // Linux has it
full('a full disk drops what does not fit into memory, hangs nobody and throws nothing', async (t) => {
  const sink = lineSink('/dev/full');
  const megabyte = Buffer.alloc(1024 * 1024, 'line\n');
  for (let n = 0; n < 20; n += 1) sink.add(megabyte);
  t.true(sink.dropped >= 4 * 200_000);
  sink.flushSync();
  await new Promise((resolve) => setTimeout(resolve, 150)); // it has tried again
  await sink.close(50);
});

full('a disk that is full is told once, and not again at each try', async (t) => {
  const told: (string | null)[] = [];
  const sink = lineSink('/dev/full', (why) => told.push(why));
  sink.add(block(0));
  await new Promise((resolve) => setTimeout(resolve, 350)); // it has tried again
  sink.add(block(1));
  await sink.close(50);
  t.is(told.length, 1);
  t.regex(told[0]!, /ENOSPC/);
});

test('a write that goes well tells nobody', async (t) => {
  const told: unknown[] = [];
  const sink = lineSink(join(mkdtempSync(join(tmpdir(), 'strangler-sink-')), 'log'), (why) => told.push(why));
  sink.add(block(0));
  await sink.close();
  t.deepEqual(told, []);
});

/** A process of its own whose standard output nobody reads for a while; it ends by `process.exit`. */
const written = async (source: string): Promise<string> => {
  const from = JSON.stringify(new URL('log.ts', import.meta.url).href);
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', `import { log } from ${from};\n${source}\nprocess.exit(0);`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const [all] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return all;
};

test('a reader that is late gets all lines whole and in order', async (t) => {
  const all = await written(`
    const made = log();
    for (let n = 0; n < 30_000; n += 1) {
      made.write(JSON.stringify({ n, more: 'x'.repeat(100) }) + '\\n');
      if (n % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    made.logger.info('last');
    await made.close();`);
  const lines = all
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { n?: number; msg?: string });
  t.is(lines.length, 30_001);
  t.true(lines.slice(0, -1).every(({ n }, i) => n === i));
  t.is(lines.at(-1)?.msg, 'last');
});
