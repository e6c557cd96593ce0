// A file to begin with: one destination and one route for each address of a contract, everything with legacy.
import type { Inspected } from '../../adapters/adapter.ts';

export interface BlockOptions {
  /** Path of the WSDL as the file will name it. */
  readonly wsdl: string;
  /** Module of new handlers, as the file will name it. */
  readonly handlers?: string;
}

/** YAML of a whole file that `check` takes. */
export const routesBlock = (inspected: Inspected, { wsdl, handlers }: BlockOptions): string => {
  const entrances = entrancesOf(inspected);
  const lines = ['version: 1', ...gatewayLines(entrances), 'destinations:'];
  for (const { name, url, guessed } of entrances) {
    lines.push(`  ${name}-legacy:`, '    adapter: soap');
    lines.push(`    url: ${JSON.stringify(url)}${guessed ? ' # a guess: the WSDL names no address over HTTP' : ''}`);
    lines.push(`    wsdl: ${JSON.stringify(wsdl)}`);
  }
  const [first] = entrances;
  const modern = handlers === undefined ? null : `${first?.name}-handlers`;
  if (modern !== null) lines.push(`  ${modern}: { adapter: handler, module: ${JSON.stringify(handlers)} }`);
  lines.push('routes:');
  for (const { name, path } of entrances) {
    lines.push(`  ${name}:`, `    match: { path: ${JSON.stringify(path)} }`, '    protocol: soap');
    lines.push(`    legacy: ${name}-legacy`);
    if (modern !== null) lines.push(`    modern: ${modern}`);
    if (name === first?.name) lines.push(...operationLines(inspected, modern === null));
    else lines.push(`    operations: { from: ${first?.name ?? name} }`);
  }
  return `${lines.join('\n')}\n`;
};

/** Where the gateway would listen itself, and where it may instead. */
const ownPorts = [
  { port: '8080', key: 'listen', instead: '127.0.0.1:8180' },
  { port: '9090', key: 'admin', instead: '127.0.0.1:9190' },
];

/** A service on this machine may have a port that the gateway would take. */
const gatewayLines = (entrances: readonly Entrance[]): string[] => {
  const local = entrances
    .map(({ url }) => new URL(url))
    .filter((url) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname));
  const taken = ownPorts.filter(({ port }) => local.some((url) => url.port === port));
  const lines = taken.map(
    ({ port, key: setting, instead }) => `  ${setting}: ${instead} # the service itself has ${port}`,
  );
  return lines.length === 0 ? [] : ['gateway:', ...lines];
};

const operationLines = ({ contract }: Inspected, needsModern: boolean): string[] => [
  `    # Next: ${needsModern ? 'modern (an http or handler destination), and ' : ''}effect: read where asking twice does nothing.`,
  '    operations:',
  ...[...contract.operations.values()].map(({ name, passThroughOnly }) => {
    const why = passThroughOnly === null ? '' : ` # pass-through only: ${oneLine(passThroughOnly)}`;
    return `      ${key(name)}: { effect: write, weight: 0 }${why}`;
  }),
];

interface Entrance {
  readonly name: string;
  readonly url: string;
  readonly path: string;
  readonly guessed: boolean;
}

/** One for each path: two addresses of one path are the same calls to a route. */
const entrancesOf = ({ ports }: Inspected): Entrance[] => {
  const found = new Map<string, Entrance>();
  const names = new Set<string>();
  for (const { service, name: port, address } of ports) {
    const url = usable(address);
    const path = url?.pathname.replace(/(.)\/+$/, '$1');
    if (url === null || path === undefined || isCovered(url, path, found)) continue;
    const candidates = [
      service,
      `${service}-${port}`,
      ...Array.from({ length: 99 }, (_, at) => `${service}-${at + 2}`),
    ];
    const name = candidates.map(routeName).find((each) => !names.has(each)) ?? routeName(service);
    names.add(name);
    found.set(path.toLowerCase(), { name, url: `${url.origin}${path}`, path, guessed: false });
  }
  if (found.size > 0) return [...found.values()];
  const name = routeName(ports[0]?.service ?? '');
  return [{ name, url: `http://127.0.0.1:7001/${name}`, path: `/${name}`, guessed: true }];
};

/** A route takes what is below its path too, and keeps the rest of the path as it came. */
const isCovered = ({ origin }: URL, path: string, found: ReadonlyMap<string, Entrance>): boolean =>
  found.has(path.toLowerCase()) ||
  [...found.values()].some((each) => each.path !== '/' && `${origin}${path}`.startsWith(`${each.url}/`));

/** What a destination's url may be, and a match.path: no wildcards, nothing that the file would substitute. */
const usable = (address: string | null): URL | null => {
  const url = address !== null && URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || /[*$\s]/.test(url.href)) return null;
  return url;
};

const routeName = (service: string): string => {
  const plain = service
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return plain === '' ? 'legacy-service' : plain;
};

/** Quoted where YAML could read something else in it. */
const key = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) && !/^(true|false|null|yes|no|on|off|y|n|from)$/i.test(name)
    ? name
    : JSON.stringify(name);

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll(/[^\P{C} ]/gu, '?');
