// Two legacy services with contracts as wide as the world, and callers that run the same rows against any of their addresses.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { compile, run, type Running } from '../../examples/orders/legacy-wcf/mono.ts';
import { component, type Component } from './components.ts';

const here = join(import.meta.dirname, '..');
const services = join(here, 'services');
const windows = ['ManyLanesBinding', 'PlainFaults'].map((name) =>
  join(here, `../examples/orders/legacy-wcf/${name}.cs`),
);
const wcf = ['System.ServiceModel', 'System.Runtime.Serialization'];

export const catalog = {
  wsdl: join(services, 'catalog/Catalog.wsdl'),
  handlers: join(services, 'catalog/handlers.ts'),
  /** Path of the endpoint that speaks so. */
  paths: { soap11: '/Catalog.svc', soap12: '/Catalog12.svc', ws: '/CatalogWs.svc' },
};
export const baskets = {
  wsdl: join(services, 'baskets/Baskets.wsdl'),
  handlers: join(services, 'baskets/handlers.ts'),
  paths: { soap11: '/Baskets.asmx', soap12: '/Baskets.asmx', ws: '/Baskets.asmx' },
};
export type Version = keyof typeof catalog.paths;

const catalogProgram = (): Promise<string> => {
  const names = ['ActionEncoding', 'CatalogService', 'Contract', 'Samples'];
  const files = names.map((name) => join(services, 'catalog', `${name}.cs`));
  return compile({ name: 'CatalogService', files: [...files, ...windows], assemblies: wcf });
};
const basketsLibrary = (): Promise<string> =>
  compile({
    name: 'Baskets.dll',
    files: [join(services, 'baskets/Baskets.cs')],
    assemblies: ['System.Web.Services'],
  });

type Test = Pick<ExecutionContext, 'teardown'>;

/** WCF with data contracts. Answers its origin. Needs component `mono`. */
export const startCatalog = async (t: Test): Promise<Running> => {
  const service = await run(await catalogProgram());
  t.teardown(() => service.close());
  return { ...service, url: new URL(service.url).origin };
};

/** ASMX, which is XmlSerializer, in a site of its own. Answers its origin. Needs component `asmx`. */
export const startBaskets = async (t: Test): Promise<Running> => {
  const host = await compile({
    name: 'AsmxHost',
    files: [join(services, 'asmx-host/AsmxHost.cs')],
    assemblies: ['System.Web'],
  });
  const site = await mkdtemp(join(tmpdir(), 'strangler-site-'));
  await mkdir(join(site, 'bin'));
  for (const program of [host, await basketsLibrary()]) await cp(program, join(site, 'bin', basename(program)));
  await cp(join(services, 'baskets/Baskets.asmx'), join(site, 'Baskets.asmx'));
  await cp(join(services, 'asmx-host/web.config'), join(site, 'web.config'));
  const service = await run(host, [site]);
  t.teardown(async () => {
    await service.close();
    await rm(site, { recursive: true, force: true });
  });
  return { ...service, url: new URL(service.url).origin };
};

interface Caller {
  readonly runtime: Component;
  /** Path of the program; called as PROGRAM VERSION WSDL URL,URL,… ROW…  */
  readonly program: () => Promise<string>;
}
const script = (path: string) => () => Promise.resolve(join(here, 'clients', path));
const dump = join(here, 'clients/catalog/Dump.cs');

export const callers = {
  wcf: {
    runtime: 'mono',
    program: async () => {
      const files = [join(here, 'clients/catalog/CatalogClient.cs'), dump];
      return compile({ name: 'CatalogClient', files, assemblies: wcf, uses: [await catalogProgram()] });
    },
  },
  asmx: {
    runtime: 'asmx',
    program: async () => {
      const files = [join(here, 'clients/catalog/BasketsClient.cs'), dump];
      const uses = [await basketsLibrary()];
      return compile({ name: 'BasketsClient', files, assemblies: ['System.Web.Services', 'System.Xml'], uses });
    },
  },
  php: { runtime: 'php', program: script('php/catalog.php') },
  zeep: { runtime: 'zeep', program: script('zeep/catalog.py') },
} as const satisfies Record<string, Caller>;
export type CallerName = keyof typeof callers;

export interface Rows {
  readonly version: Version;
  readonly wsdl: string;
  /** All that are to be called, one after the other. */
  readonly urls: readonly string[];
  /** Such as `GetScalars row=1 > EchoScalars`. */
  readonly rows: readonly string[];
}

/** Lines that the caller printed for each address, in the order of `urls`. */
export const callRows = async (name: CallerName, { version, wsdl, urls, rows }: Rows): Promise<string[][]> => {
  const { runtime, program } = callers[name];
  const path = component(runtime);
  if (path === null) throw new Error(`${runtime} is not installed.`);
  const args = [await program(), version, wsdl, urls.join(','), ...rows];
  const { stdout } = await promisify(execFile)(path, args, { timeout: 120_000, maxBuffer: 64 << 20 });
  return stdout
    .split(/^# .*\n/m)
    .slice(1)
    .map((part) => part.trimEnd().split('\n'));
};
