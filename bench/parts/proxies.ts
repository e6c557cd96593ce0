// The three that are compared, and the upstream they share. Each is one process.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cases } from './cases.ts';
import { freePort, start } from './process.ts';
import type { Running } from './process.ts';

export interface Proxy extends Running {
  readonly port: number;
  /** Takes its stdout; emptied between bursts. */
  readonly log: string;
}

export interface Place {
  /** Temporary directory of this run. */
  readonly directory: string;
  readonly core: number | null;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** One process, no master: the pid that is measured does all the work. */
function nginxConf(directory: string, name: string, http: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'scgi', 'uwsgi'];
  const temporary = kinds.map((kind) => `  ${kind}_temp_path ${directory}/${name}-${kind};`).join('\n');
  return `daemon off; master_process off; pid ${directory}/${name}.pid; error_log stderr warn;
events { worker_connections 1024; }
http {
${temporary}
  access_log off; keepalive_requests 100000000; server_tokens off;
${http}
}
`;
}

function startNginx(name: string, http: string, place: Place): Running & { log: string } {
  const file = join(place.directory, `${name}.conf`);
  const log = join(place.directory, `${name}.log`);
  writeFileSync(file, nginxConf(place.directory, name, http));
  const argv = ['nginx', '-c', file, '-p', place.directory, '-e', 'stderr'] as const;
  return { ...start({ name, argv, core: place.core, log }), log };
}

/** Answers every case with its fixed reply, and counts calls under /calls. */
export async function upstream(place: Place): Promise<Proxy> {
  const port = await freePort();
  const locations = cases.map(({ path, contentType, reply }) => {
    const type = contentType.replaceAll('"', '');
    return `    location ${path} { default_type "${type}"; return 200 '${reply.replaceAll("'", String.raw`\'`)}'; }`;
  });
  const http = `  server {
    listen 127.0.0.1:${port} backlog=1024;
    location = /calls { stub_status; }
${locations.join('\n')}
  }`;
  return { ...startNginx('upstream', http, place), port };
}

/** Debian's nginx as most people run it in front of one service: connections to the upstream are kept. */
export async function nginx(to: number, place: Place): Promise<Proxy> {
  const port = await freePort();
  const http = `  upstream service { server 127.0.0.1:${to}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / { proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; }
  }`;
  return { ...startNginx('nginx', http, place), port };
}

/** http-proxy-middleware in Koa with a keep-alive agent, and nothing else. */
export async function hpm(to: number, place: Place): Promise<Proxy> {
  const port = await freePort();
  const log = join(place.directory, 'hpm.log');
  const program = join(root, 'bench/hpm-in-koa.ts');
  const argv = [process.execPath, program, String(port), `http://127.0.0.1:${to}`] as const;
  return { ...start({ name: 'hpm', argv, core: place.core, log, env: { NODE_ENV: 'production' } }), port, log };
}

/** The gateway with all on: two routes split 90/10 by cohort, operation read from the body, metrics, access lines to a file. */
export async function gateway(to: number, place: Place & { nodeOptions?: readonly string[] }): Promise<Proxy> {
  const [port, health, admin] = [await freePort(), await freePort(), await freePort()];
  const file = join(place.directory, 'routes.config.yaml');
  const log = join(place.directory, 'gateway.log');
  writeFileSync(
    file,
    gatewayConfig({ port, health, admin, to, wsdl: join(root, 'examples/orders/contracts/OrderService.wsdl') }),
  );
  const main = join(root, 'gateway/cli/main.ts');
  const argv = [process.execPath, ...(place.nodeOptions ?? []), main, 'serve', '--config', file] as const;
  const running = start({
    name: 'gateway',
    argv,
    core: place.core,
    log,
    env: { NODE_ENV: 'production' },
  });
  return { ...running, port, log };
}

export interface GatewayPlaces {
  readonly port: number;
  readonly health: number;
  readonly admin: number;
  readonly to: number;
  readonly wsdl: string;
}

/** A routes.config.yaml in which every call has to be decided: both sides are the same upstream, so the work is the decision's. */
export function gatewayConfig({ port, health, admin, to, wsdl }: GatewayPlaces): string {
  return `version: 1
gateway:
  listen: 127.0.0.1:${port}
  health: 127.0.0.1:${health}
  admin: 127.0.0.1:${admin}
destinations:
  soap-a: { adapter: soap, url: 'http://127.0.0.1:${to}/OrderService.svc', wsdl: '${wsdl}' }
  soap-b: { adapter: soap, url: 'http://127.0.0.1:${to}/OrderService.svc', wsdl: '${wsdl}' }
  rest-a: { adapter: http, url: 'http://127.0.0.1:${to}' }
  rest-b: { adapter: http, url: 'http://127.0.0.1:${to}' }
routes:
  orders:
    match: { path: /OrderService.svc }
    protocol: soap
    legacy: soap-a
    modern: soap-b
    cohort: [{ soapHeader: ClientId }]
    operations:
      GetOrder: { effect: read, weight: 10 }
  orders-api:
    match: { path: /orders/** }
    legacy: rest-a
    modern: rest-b
    cohort: [{ header: X-Client-Id }]
    operations:
      GET /orders/{id}: { weight: 10 }
`;
}
