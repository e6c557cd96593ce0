import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const script = fileURLToPath(new URL('../../scripts/count-tests.mjs', import.meta.url));

interface Counted {
  readonly report: string;
  readonly flags?: readonly string[];
  readonly last: string;
  readonly code: number;
}

const counts = test.macro<[Counted]>((t, { report, flags = [], last, code }) => {
  const directory = mkdtempSync(join(tmpdir(), 'count-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'tap');
  writeFileSync(file, report);
  const run = spawnSync(process.execPath, [script, file, ...flags], { encoding: 'utf8' });
  t.is(run.stdout.trimEnd().split('\n').at(-1), last);
  t.is(run.status, code);
});

test('a run in which all passed', counts, {
  report: 'TAP version 13\nok 1 - a\nok 2 - b # not a directive\n#   ok 3 - a log line\n\n1..2\n# tests 2\n',
  last: '2 passed, 0 failed',
  code: 0,
});
test('a failing test, and what it prints', counts, {
  report: 'ok 1 - a\nnot ok 2 - b\n  ---\n    name: AssertionError\n  ...\n1..2\n',
  flags: ['--exit', '1'],
  last: '1 passed, 1 failed',
  code: 1,
});
test('an uncaught exception is a failure of its own', counts, {
  report: 'ok 1 - a\nnot ok 2 - Error: boom\nnot ok 3 - b.test.ts exited with a non-zero exit code: 1\n1..1\n',
  flags: ['--exit', '1'],
  last: '1 passed, 2 failed',
  code: 1,
});
test('skipped and postponed tests are failures', counts, {
  report: 'ok 1 - a\nok 2 - b # SKIP\nnot ok 3 - c # TODO\n1..3\n',
  last: '1 passed, 2 failed',
  code: 1,
});
test('an exit code without a failing test is a failure', counts, {
  report: 'ok 1 - a\n1..1\n',
  flags: ['--exit', '7'],
  last: '1 passed, 1 failed',
  code: 1,
});
test('a report that was cut short is a failure', counts, { report: 'ok 1 - a\n', last: '1 passed, 1 failed', code: 1 });
test('a run without tests is a failure', counts, { report: '1..0\n', last: '0 passed, 1 failed', code: 1 });
test('failed checks are added', counts, {
  report: 'ok 1 - a\n1..1\n',
  flags: ['--failed-checks', '2'],
  last: '1 passed, 2 failed',
  code: 1,
});
