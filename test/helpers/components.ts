// Real systems that tests speak to. On a laptop a missing one skips its tests with a sentence; in CI it fails them.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import type { ExecutionContext } from 'ava';

const known = {
  mono: { commands: ['mono', 'mcs'], packages: 'mono-mcs, mono-runtime and libmono-system-servicemodel4.0a-cil' },
  php: { commands: ['php'], packages: 'php-cli and php-soap' },
  zeep: { commands: ['/usr/bin/python3'], packages: 'python3-zeep' },
  promtool: { commands: ['promtool'], packages: 'prometheus' },
  nginx: { commands: ['nginx'], packages: 'nginx-light' },
} as const;
export type Component = keyof typeof known;

const where = (command: string): string | null => {
  if (command.startsWith('/')) return existsSync(command) ? command : null;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path)) ?? null;
};

const works = (name: Component): boolean => {
  try {
    if (name === 'zeep') execFileSync('/usr/bin/python3', ['-c', 'import zeep'], { stdio: 'ignore' });
    if (name === 'php') execFileSync('php', ['-r', 'exit(class_exists("SoapClient") ? 0 : 1);'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Whether it is here. When not: fails the test in CI, otherwise says so and the test returns. */
export const have = (t: ExecutionContext, name: Component): boolean => {
  const { commands, packages } = known[name];
  if (commands.every((command) => where(command) !== null) && works(name)) return true;
  const sentence = `${name} is not on this machine (Debian: ${packages}); this test did not run`;
  if (process.env['CI'] !== undefined) t.fail(sentence);
  else t.log(sentence);
  t.pass(sentence);
  return false;
};
