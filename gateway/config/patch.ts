// What a flip would have changed, for files that the gateway may not write: to be applied by `patch -p1` or `git apply`.

const around = 3;

/** Unified diff of one hunk; empty when nothing differs. Line ends are kept as they are. */
export const unifiedPatch = (file: string, before: string, after: string): string => {
  if (before === after) return '';
  const [old, now] = [lines(before), lines(after)];
  const same = commonLength(old, now);
  const tail = commonLength(old.slice(same).toReversed(), now.slice(same).toReversed());
  const start = Math.max(0, same - around);
  const oldEnd = Math.min(old.length, old.length - tail + around);
  const nowEnd = Math.min(now.length, now.length - tail + around);
  const name = file.replace(/^(\.\/|\/)+/, '');
  return [
    `--- a/${name}\n+++ b/${name}\n@@ -${range(start, oldEnd)} +${range(start, nowEnd)} @@\n`,
    ...marked(' ', old.slice(start, same)),
    ...marked('-', old.slice(same, old.length - tail)),
    ...marked('+', now.slice(same, now.length - tail)),
    ...marked(' ', old.slice(old.length - tail, oldEnd)),
  ].join('');
};

/** With their ends, so that a file without a last one shows. */
const lines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const commonLength = (one: readonly string[], other: readonly string[]): number => {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length++;
  return length;
};

/** An empty range names the line before it. */
const range = (start: number, end: number): string => (end === start ? `${start},0` : `${start + 1},${end - start}`);

const marked = (mark: string, all: readonly string[]): string[] =>
  all.map((line) => (line.endsWith('\n') ? `${mark}${line}` : `${mark}${line}\n\\ No newline at end of file\n`));
