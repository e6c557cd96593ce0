// Reads every import; fails on an arrow upwards, sideways, or past a package's door (CONTRIBUTING.md, "The house").
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const sources = globSync('{adapters,gateway}/**/*.ts', { cwd: root }).filter(
  (file) => !file.endsWith('.test.ts') && !file.includes('dashboard/page/'),
);

const importsOf = (file: string): Import[] => {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)';/gms);
  return [...found].map(([, type, to = '']) => ({
    from: file,
    to: to.startsWith('.') ? relative(root, join(root, dirname(file), to)) : to,
    typeOnly: type !== undefined,
  }));
};

const all = sources.flatMap(importsOf);
const told = ({ from, to }: Import) => `${from} -> ${to}`;

test('the wing of formats imports nothing of the wing of decisions', (t) => {
  t.deepEqual(all.filter(({ from, to }) => from.startsWith('adapters/') && to.startsWith('gateway/')).map(told), []);
});

test('the wing of decisions enters the other by its door', (t) => {
  const door = new Set(['adapters/adapter.ts', 'adapters/errors.ts']);
  // server.ts is the edge of the wire; main.ts, made.ts and commands that compile a file need the list of kinds.
  const allowed = new Set([
    'gateway/server.ts -> adapters/wire/accept.ts',
    'gateway/server.ts -> adapters/wire/raw-reply.ts',
    'gateway/server.ts -> adapters/wire/strict-head.ts',
    'gateway/server.ts -> adapters/wire/stream-lines.ts',
    'gateway/front/arrive.ts -> adapters/wire/accept.ts',
    'gateway/front/max-forwards.ts -> adapters/wire/accept.ts',
    'gateway/front/upgrade.ts -> adapters/wire/accept.ts',
    'gateway/front/upgrade.ts -> adapters/wire/raw-reply.ts',
    'gateway/front/upgrade.ts -> adapters/wire/strict-head.ts',
    'gateway/front/h2.ts -> adapters/wire/accept-stream.ts',
    'gateway/front/client-errors.ts -> adapters/wire/raw-reply.ts',
    'gateway/front/client-errors.ts -> adapters/wire/request-body.ts',
    'gateway/front/proxied.ts -> adapters/wire/client-of.ts',
    'gateway/front/proxied.ts -> adapters/wire/proxy-protocol.ts',
    'gateway/main.ts -> adapters/index.ts',
    'gateway/made.ts -> adapters/index.ts',
    'gateway/cli/commands/compiled.ts -> adapters/index.ts',
  ]);
  const past = all.filter(({ from, to }) => from.startsWith('gateway/') && to.startsWith('adapters/') && !door.has(to));
  t.deepEqual(
    past.map(told).filter((arrow) => !allowed.has(arrow)),
    [],
  );
});

test('kinds of adapters are strangers to each other', (t) => {
  const kind = (file: string) => /^adapters\/(soap|http|handler)\//.exec(file)?.[1] ?? null;
  const sideways = all.filter(({ from, to }) => kind(from) !== null && kind(to) !== null && kind(from) !== kind(to));
  t.deepEqual(sideways.map(told), []);
});

const rows: readonly (readonly string[])[] = [
  ['gateway/events.ts', 'gateway/lib/', 'gateway/exchange.ts', 'gateway/state/'],
  [
    'gateway/routing/',
    'gateway/traffic/',
    'gateway/forward/',
    'gateway/admission/',
    'gateway/headers/',
    'gateway/guard/',
    'gateway/cache/',
  ],
  ['gateway/config/', 'gateway/table/', 'gateway/telemetry/', 'gateway/trouble.ts', 'gateway/kill-switch.ts'],
  [
    'gateway/serve.ts',
    'gateway/turn-away.ts',
    'gateway/told.ts',
    'gateway/flip.ts',
    'gateway/flips.ts',
    'gateway/flip-file.ts',
    'gateway/admin/',
    'gateway/version.ts',
    'gateway/server.ts',
    'gateway/front/',
    'gateway/cli/',
    'gateway/made.ts',
    'gateway/ops.ts',
    'gateway/main.ts',
  ],
];
const rowOf = (file: string) => rows.findIndex((row) => row.some((start) => file.startsWith(start)));

test('every file of the gateway stands in a row', (t) => {
  t.deepEqual(
    sources.filter((file) => file.startsWith('gateway/') && rowOf(file) === -1),
    [],
  );
});

test('no arrow points upwards', (t) => {
  // Types of a compiled table and of a setting may be named below: shapes are not dependencies on behaviour.
  const up = all.filter(({ from, to, typeOnly }) => to.startsWith('gateway/') && rowOf(from) < rowOf(to) && !typeOnly);
  t.deepEqual(up.map(told), []);
});

test('strangers of the deciding row do not meet', (t) => {
  const stranger = (file: string) =>
    /^gateway\/(routing|traffic|forward|admission|guard|cache)\//.exec(file)?.[1] ?? null;
  const met = all.filter(
    ({ from, to, typeOnly }) =>
      stranger(from) !== null && stranger(to) !== null && stranger(from) !== stranger(to) && !typeOnly,
  );
  t.deepEqual(
    met.map(told).filter((arrow) => !arrow.endsWith('forward/effect-of.ts')),
    [],
  );
});

const doors: Readonly<Record<string, RegExp>> = {
  'http-proxy-middleware': /^adapters\/http\/proxy\.ts$/,
  saxes: /^adapters\/soap\//,
  koa: /^gateway\/(server|admin\/.*)\.ts$/,
  '@koa/router': /^gateway\/admin\/.*\.ts$/,
  pino: /^gateway\/telemetry\/log\.ts$/,
  '@prometheus-io/client': /^gateway\/telemetry\/metrics\.ts$/,
  yaml: /^gateway\/config\/(document|edit)\.ts$/,
  zod: /^gateway\/(.*\/schema|config\/(destinations|health|validate|json-schema))\.ts$/,
  commander: /^gateway\/cli\/main\.ts$/,
  soap: /^adapters\/soap\/security\.ts$/,
  jose: /^gateway\/admission\/jwt\.ts$/,
  'rate-limiter-flexible': /^gateway\/admission\/rate-limit\.ts$/,
  ioredis: /^gateway\/state\/redis\.ts$/,
  opossum: /^gateway\/guard\/failure-window\.ts$/,
  esbuild: /^gateway\/admin\/dashboard\/.*\.ts$/,
};
test('each package is imported where its door is', (t) => {
  const packages = all.filter(({ to }) => Object.hasOwn(doors, to));
  t.deepEqual(packages.filter(({ from, to, typeOnly }) => !typeOnly && !doors[to]!.test(from)).map(told), []);
});
