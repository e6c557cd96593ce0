// The table of rows and the tests that show them: neither without the other.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/reference/wire-payload.md'), 'utf8');
const rows = [...page.matchAll(/^\| ([C-E]\d+) +\|.*\| ([^|]*)\|$/gm)].map(([, id = '', shown = '']) => ({
  id,
  files: [...shown.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
}));
const text = (file: string): string => readFileSync(join(root, 'test/wire', file), 'utf8');
/** In a title, alone or beside others, or as the id of a row. */
const names = (file: string, id: string): boolean => new RegExp(`['\`"](?:\\w+, )*${id}\\b`).test(text(file));

test('every row of C, D and E is there once', (t) => {
  const ids = { C: 23, D: 15, E: 8 };
  const wanted = Object.entries(ids).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, at) => `${section}${at + 1}`),
  );
  t.deepEqual(
    rows.map(({ id }) => id),
    wanted,
  );
});

test('a row is shown by the files that it names, and by no others', (t) => {
  const files = readdirSync(join(root, 'test/wire')).filter((name) =>
    /^(?:rows-[cde]|metadata|side-doors).*\.test\.ts$/.test(name),
  );
  for (const { id, files: said } of rows) {
    t.deepEqual(
      files.filter((file) => names(file, id)),
      said.toSorted(),
      id,
    );
  }
});
