import test from 'ava';
import * as fc from 'fast-check';
import { unifiedPatch } from './patch.ts';

/** What `patch` does, as far as one hunk goes. */
const apply = (text: string, patch: string): string => {
  if (patch === '') return text;
  const start = Number(/^@@ -(\d+)/m.exec(patch)?.[1]);
  const count = Number(/^@@ -\d+,(\d+)/m.exec(patch)?.[1]);
  const hunk = patch.split(/^@@.*@@\n/m)[1] ?? '';
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const from = count === 0 ? start : start - 1;
  const kept = [...hunk.matchAll(/([^\\\n][^\n]*)(\n\\[^\n]*)?\n/g)].map(([, line = '', mark]) =>
    mark === undefined ? `${line}\n` : line,
  );
  const old = kept.filter((line) => !line.startsWith('+')).map((line) => line.slice(1));
  if (old.join('') !== lines.slice(from, from + count).join('')) throw new Error(`does not apply:\n${patch}`);
  const now = kept.filter((line) => !line.startsWith('-')).map((line) => line.slice(1));
  return [...lines.slice(0, from), ...now, ...lines.slice(from + count)].join('');
};

test('one changed line shows with three lines around it', (t) => {
  const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\n';
  t.is(
    unifiedPatch('./conf/routes.config.yaml', before, before.replace('e', 'E')),
    '--- a/conf/routes.config.yaml\n+++ b/conf/routes.config.yaml\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n',
  );
});

test('a missing last line end is told', (t) => {
  t.is(
    unifiedPatch('f', 'a\nb', 'a\nc'),
    '--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n',
  );
});

test('nothing changed is no patch', (t) => t.is(unifiedPatch('f', 'a', 'a'), ''));

test('a patch applied to the one text gives the other', (t) => {
  const text = fc
    .array(fc.constantFrom('a\n', 'b\n', 'c\r\n', '\n', 'd'), { maxLength: 12 })
    .map((lines) => lines.join(''));
  fc.assert(
    fc.property(text, text, (before, after) => {
      t.is(apply(before, unifiedPatch('f', before, after)), after);
    }),
    { numRuns: 300 },
  );
});
