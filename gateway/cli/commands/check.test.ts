import test from 'ava';
import type { ExecutionContext } from 'ava';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemAt } from '../../config/load.ts';
import { check } from './check.ts';
import type { CheckOptions } from './check.ts';

const run = async (t: ExecutionContext, files: Record<string, string>, options: Partial<CheckOptions> = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'check-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const config: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
    config.push(join(folder, name));
  }
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text.replaceAll(`${folder}/`, '');
    },
  });
  const code = await check(
    { config, output: 'table', env: {}, ...options },
    { stdout: sink('stdout'), stderr: sink('stderr') },
  );
  return { code, ...written };
};

const base = `destinations:
  old: { adapter: http, url: "http://a" }
  new: { adapter: http, url: "http://b" }
routes:
  api:
    match: { path: /** }
    legacy: old
    modern: new
    cohort: apiKey
    operations:
      GET /a: { weight: 5 }
      GET /b:
`;
const overlay = 'routes:\n  api:\n    operations:\n      GET /a:\n        weight: 25.5\n';

test('a right file shows each share and the line that says so', async (t) => {
  t.deepEqual(await run(t, { 'base.yaml': base, 'prod.yaml': overlay }), {
    code: 0,
    stdout: `route  operation  weight  said in
api    (others)   0 %     -
api    GET /a     25.5 %  prod.yaml:5
api    GET /b     0 %     -
`,
    stderr: '',
  });
});

test('a wrong file shows every problem and exits 1', async (t) => {
  const { code, stdout, stderr } = await run(t, {
    'base.yaml': base.replace('weight: 5', 'wieght: 5').replace('old\n', 'odl\n'),
  });
  t.is(code, 1);
  t.is(stdout, '');
  t.is(
    stderr,
    `base.yaml:7:13  error  routes.api.legacy: found "odl", expected the name of a destination; did you mean "old"?
base.yaml:11:17  error  routes.api.operations."GET /a".wieght: unknown key "wieght"; did you mean "weight"?
not valid: 2 errors
`,
  );
});

test('json says the same to programs', async (t) => {
  const { code, stdout } = await run(t, { 'base.yaml': base, 'prod.yaml': overlay }, { output: 'json' });
  t.is(code, 0);
  t.deepEqual(JSON.parse(stdout), {
    ok: true,
    problems: [],
    routes: [
      { route: 'api', operation: null, weight: 0, from: null },
      { route: 'api', operation: 'GET /a', weight: 25.5, from: 'prod.yaml:5' },
      { route: 'api', operation: 'GET /b', weight: 0, from: null },
    ],
  });
});

test('json of a wrong file has the problems and no routes', async (t) => {
  const { code, stdout } = await run(t, { 'base.yaml': 'routes: {}' }, { output: 'json' });
  t.is(code, 1);
  const { ok, problems, routes } = JSON.parse(stdout) as { ok: boolean; problems: unknown[]; routes: unknown[] };
  t.deepEqual({ ok, problems: problems.length, routes }, { ok: false, problems: 1, routes: [] });
});

test('a warning does not fail', async (t) => {
  const { code, stderr } = await run(t, { 'base.yaml': base.replace('apiKey', 'ip') });
  t.is(code, 0);
  t.regex(stderr, /^base.yaml:9:5 {2}warning/);
});

test('what a later check finds counts too', async (t) => {
  const { code, stderr } = await run(
    t,
    { 'base.yaml': base },
    {
      validateMore: async (loaded) => [
        problemAt(loaded, ['routes', 'api', 'operations', 'GET /b'], 'is not in the contract'),
      ],
    },
  );
  t.is(code, 1);
  t.regex(stderr, /^base.yaml:12:7 /);
});

test('a file that is not there is told', async (t) => {
  const { code, stderr } = await run(t, {}, { config: ['nowhere.yaml'] });
  t.is(code, 1);
  t.is(stderr, 'nowhere.yaml:1:1  error  cannot be read: there is no such file\nnot valid: 1 error\n');
});
