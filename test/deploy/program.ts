// Tests that run a real program: on a laptop without it they are skipped with a sentence, in CI they fail.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import test from 'ava';
import type { ExecutionContext } from 'ava';

/** Full path of a program, or null. Debian keeps nginx where an ordinary user's PATH does not look. */
export function find(program: string): string | null {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return directories.map((directory) => join(directory, program)).find((path) => existsSync(path)) ?? null;
}

/** Like `test`, for titles of tests that get the program's path. */
export function testWith(program: string, debianPackage: string) {
  const path = find(program);
  return (title: string, run: (t: ExecutionContext, path: string) => Promise<void> | void): void => {
    if (path !== null) test(title, (t) => run(t, path));
    else if (process.env['CI'] !== undefined) test(title, (t) => t.fail(`${program} is missing: ${debianPackage}`));
    else test.skip(`${title} (${program} is missing: install Debian's package ${debianPackage})`, (t) => t.fail());
  };
}
