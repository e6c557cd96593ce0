// No engine runs containers here: what can be known of Dockerfile and docker-compose.yml without one.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import test from 'ava';
import { parse } from 'yaml';
import { load } from '../../gateway/config/load.ts';
import { read, root } from './files.ts';
import { find } from './program.ts';

interface Service {
  readonly image?: string;
  readonly build?: { readonly target?: string };
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly read_only?: boolean;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const lines = read('Dockerfile').split('\n');
const stages = new Set(lines.flatMap((line) => /^FROM \S+ AS (\S+)$/.exec(line)?.[1] ?? []));

/** Instructions of one stage. */
function stage(name: string): readonly string[] {
  const from = lines.findIndex((line) => line.startsWith('FROM ') && line.endsWith(` AS ${name}`));
  const to = lines.findIndex((line, i) => i > from && line.startsWith('FROM '));
  return lines.slice(from, to === -1 ? lines.length : to);
}

test('two gateways run from one image behind the balancer, which alone is open to the network', (t) => {
  t.deepEqual(compose.services['gateway-1']?.image, compose.services['gateway-2']?.image);
  const balanced = [...read('deploy/nginx.conf').matchAll(/^\s+server (\S+):8080 /gm)].map((match) => match[1]);
  t.deepEqual(balanced, ['gateway-1', 'gateway-2']);
  for (const [name, { ports = [] }] of services) {
    for (const port of ports) t.is(port.startsWith('127.0.0.1:'), name !== 'balancer', `${name}: ${port}`);
  }
});

test('no two services want the same port of the host', (t) => {
  const ports = services.flatMap(([, { ports: own = [] }]) => own.map((port) => port.split(':').at(-2)));
  t.is(new Set(ports).size, ports.length);
});

test('Prometheus scrapes every gateway on its health listener', (t) => {
  const { scrape_configs: jobs } = parse(read('deploy/prometheus/prometheus.yml')) as {
    scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
  };
  t.is(jobs[0]?.job_name, 'strangler');
  t.deepEqual(jobs[0]?.static_configs[0]?.targets, ['gateway-1:8081', 'gateway-2:8081']);
  t.is(compose.services['gateway-1']?.environment?.['HEALTH'], '0.0.0.0:8081');
});

test('all that services name is there: stages, folders, volumes, other services', (t) => {
  for (const [name, { build, volumes = [], depends_on: needs = [] }] of services) {
    if (build?.target !== undefined) t.true(stages.has(build.target), `${name}: stage ${build.target}`);
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      t.true(source.startsWith('.') ? existsSync(`${root}${source}`) : source in compose.volumes, `${name}: ${source}`);
    }
    for (const other of Array.isArray(needs) ? needs : Object.keys(needs)) t.true(other in compose.services, other);
  }
});

test('images are pinned to a version', (t) => {
  for (const [name, { image, build }] of services) {
    if (build === undefined) t.regex(image ?? '', /^[\w./-]+:v?\d+\.\d+/, name);
  }
});

test('what the gateways are told by environment is what routes.config.yaml asks for', (t) => {
  const asked = new Set(
    [
      ...read('routes.config.yaml')
        .replaceAll(/#.*$/gm, '')
        .matchAll(/\$\{([A-Z_]+):-/g),
    ].map((match) => match[1]),
  );
  const told = Object.keys(compose.services['gateway-1']?.environment ?? {});
  t.deepEqual(
    told.filter((name) => !asked.has(name)),
    ['STRANGLER_TOKEN'],
  );
  t.deepEqual(
    [...asked].filter((name) => !told.includes(name ?? '')),
    ['KILL_FILE'],
  );
});

const taken = test.macro<[Readonly<Record<string, string>>]>(async (t, env) => {
  const { config, problems } = await load([`${root}routes.config.yaml`], env);
  t.deepEqual(problems, []);
  t.truthy(config);
});

test('routes.config.yaml is taken without a word, with nothing in the environment', taken, {});
test('and with what containers are told', taken, compose.services['gateway-1']?.environment ?? {});

test('the gateway runs as nobody in particular, reports its health, and writes nothing', (t) => {
  const gateway = stage('gateway');
  const users = gateway.filter((line) => line.startsWith('USER '));
  t.deepEqual(users, ['USER node']);
  t.true(gateway.indexOf('USER node') < gateway.findIndex((line) => line.startsWith('ENTRYPOINT')));
  t.true(gateway.some((line) => line.startsWith('HEALTHCHECK ')));
  t.true(compose.services['gateway-1']?.read_only);
});

test('what is copied into images is there, and not ignored', (t) => {
  const kept = new Set(
    read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1)),
  );
  for (const line of lines.filter((one) => one.startsWith('COPY ') && !one.includes('--from='))) {
    for (const source of line.split(' ').slice(1, -1)) {
      if (source === '.') continue;
      t.true(existsSync(`${root}${source}`), line);
      t.true(kept.has(source), `${source} is ignored by .dockerignore`);
    }
  }
  const present = new Set(readdirSync(root));
  for (const source of ['package.json', 'gateway', 'adapters', 'tsconfig.build.json']) {
    t.true(present.has(source) && kept.has(source), source);
  }
});

const docker = find('docker');
if (docker !== null && spawnSync(docker, ['compose', 'version']).status === 0) {
  test('docker compose reads the file', async (t) => {
    await t.notThrowsAsync(promisify(execFile)(docker, ['compose', '-f', `${root}docker-compose.yml`, 'config', '-q']));
  });
}
