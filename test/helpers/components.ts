// Real programs that the suite speaks with. On a developer's machine a missing one skips its tests; on CI it fails them.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What to run, a check that it can do what we need, and the Debian packages that bring it. */
const components = {
  mono: {
    paths: ['mono'],
    check: ['--version'],
    packages: 'mono-mcs, libmono-system-servicemodel4.0a-cil and libmono-system-runtime-serialization4.0-cil',
  },
  asmx: {
    paths: ['mono'],
    check: ['--version'],
    packages: 'mono-mcs, libmono-system-web4.0-cil and libmono-system-web-services4.0-cil',
  },
  php: { paths: ['php'], check: ['-r', 'exit(class_exists("SoapClient") ? 0 : 1);'], packages: 'php-cli and php-soap' },
  zeep: { paths: ['python3', '/usr/bin/python3'], check: ['-c', 'import zeep'], packages: 'python3-zeep' },
  chromium: { paths: ['chromium', 'chromium-browser'], check: ['--version'], packages: 'chromium' },
  promtool: { paths: ['promtool'], check: ['--version'], packages: 'prometheus' },
  nginx: { paths: ['nginx', '/usr/sbin/nginx'], check: ['-v'], packages: 'nginx-light' },
  openssl: { paths: ['openssl'], check: ['version'], packages: 'openssl' },
  redis: { paths: ['redis-server'], check: ['--version'], packages: 'redis-server' },
} as const;
export type Component = keyof typeof components;

const runs = (program: string, args: readonly string[]): boolean => {
  try {
    execFileSync(program, args, { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
};

const hasMono = (): boolean => runs('mcs', ['--version']);
/** What else has to be there, where a program's own check cannot tell. */
const besides: Partial<Record<Component, () => boolean>> = {
  mono: hasMono,
  asmx: () => hasMono() && existsSync('/usr/lib/mono/4.5/System.Web.dll'),
};

const isComplete = (name: Component, path: string): boolean =>
  runs(path, components[name].check) && (besides[name]?.() ?? true);

/**
 * The program's path, or null with a sentence told to `say` when it is not here. With `CI` set a missing one throws:
 * what CI skips, nobody runs.
 */
export const component = (name: Component, say: (sentence: string) => void = console.warn): string | null => {
  const { paths, packages } = components[name];
  const path = paths.find((candidate) => isComplete(name, candidate));
  if (path !== undefined) return path;
  const sentence = `${name} is not installed, its tests are skipped: it comes with Debian's ${packages}.`;
  if (process.env['CI']) throw new Error(sentence);
  say(sentence);
  return null;
};

/**
 * `test`, or its `skip` where one of the programs is not here: `component` has told which one and what brings it. With `CI` set it
 * has thrown, so nothing is skipped there.
 */
export const where = <Test extends { readonly skip: unknown }>(
  test: Test,
  ...names: readonly Component[]
): Test | Test['skip'] => (names.map((name) => component(name)).includes(null) ? test.skip : test);
