import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const run = promisify(execFile);
const script = fileURLToPath(new URL('kept-memory.ts', import.meta.url));
const keys = process.env['CACHE_KEYS'] ?? '120000';

// The bound is what the answers take, not what is counted: the count is only worth as much as this comparison.
for (const bytes of [100, 1500, 20_000])
  test(`memory stays within a tenth of its bound, whatever comes: answers of ${bytes} bytes`, async (t) => {
    t.timeout(300_000);
    const count = bytes > 10_000 && keys === '120000' ? '20000' : keys;
    const { stdout } = await run(process.execPath, ['--expose-gc', script, count, `${bytes}`, String(48e6)]);
    const { bound, counted, grown } = JSON.parse(stdout) as Record<'bound' | 'counted' | 'grown', number>;
    t.true(counted > 0.95 * bound && counted <= bound, stdout);
    t.true(grown > 0.9 * bound && grown < 1.1 * bound, stdout);
  });
