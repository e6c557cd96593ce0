import test from 'ava';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

test('every attack that the reference lists has the test that it names', async (t) => {
  const text = await readFile(join(root, 'docs/reference/attacks.md'), 'utf8');
  const rows = [...text.matchAll(/^\|.*\| `([\w./-]+\.test\.ts)` +\| (.+?) +\|$/gm)];
  t.true(rows.length > 40, `${rows.length} rows`);
  for (const [, file = '', title = ''] of rows) {
    const tests = await readFile(join(root, file), 'utf8');
    t.true(tests.includes(`'${title}'`) || tests.includes(`\`${title}`), `${file}: ${title}`);
  }
});
