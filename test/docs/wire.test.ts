// Every row of A and B stands on its page, and every file that the page names for one has it in a title.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/reference/wire.md'), 'utf8');
const rows = [...page.matchAll(/^\| ([AB]\d+(?:, [AB]\d+)*) +\|.*\| ([^|]*)\|$/gm)].flatMap(
  ([, ids = '', shown = '']) =>
    ids.split(', ').map((id) => ({ id, files: [...shown.matchAll(/`([\w-]+)`/g)].map(([, file = '']) => file) })),
);

test('every row of A and B is there', (t) => {
  const ids = { A: 25, B: 26 };
  const wanted = Object.entries(ids).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, at) => `${section}${at + 1}`),
  );
  const there = new Set(rows.map(({ id }) => id));
  t.deepEqual(
    wanted.filter((id) => !there.has(id)),
    [],
  );
});

test('a file that a row names for itself has it in a title', (t) => {
  for (const { id, files } of rows)
    for (const file of files) {
      const text = readFileSync(join(root, 'test/wire', `${file}.test.ts`), 'utf8');
      t.regex(text, new RegExp(`\\b${id}\\b`), `${id} in ${file}`);
    }
});
