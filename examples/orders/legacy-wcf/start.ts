// Compiles the WCF service and runs it on Mono.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compile, run, type Running } from './mono.ts';

/** `url`: such as `http://127.0.0.1:7001/OrderService.svc`; `lines`: `placed r-17` for every order placed, and so on. */
export type Wcf = Running;

const here = import.meta.dirname;
const assemblies = ['System.ServiceModel', 'System.Runtime.Serialization'];

const sources = async (folder: string): Promise<string[]> =>
  (await readdir(folder))
    .filter((name) => name.endsWith('.cs'))
    .toSorted()
    .map((name) => join(folder, name));

/** Path of OrderService.exe. Needs `mcs`; compiled once into node_modules/.cache. */
export const compileService = async (): Promise<string> =>
  compile({ name: 'OrderService', files: await sources(here), assemblies });

/**
 * Path of a caller's program, `name`.exe, compiled from the sources in `folder` against the service's contract. `more`: files
 * and assemblies that it needs besides.
 */
export const compileCaller = async (
  name: string,
  folder: string,
  more: { readonly files?: readonly string[]; readonly assemblies?: readonly string[] } = {},
): Promise<string> =>
  compile({
    name,
    files: [...(await sources(folder)), ...(more.files ?? [])],
    assemblies: [...assemblies, ...(more.assemblies ?? [])],
    uses: [await compileService()],
  });

/** Runs the service on `port`, 0 for any free one; resolves when it takes calls. */
export const startWcf = async ({ port, log }: { port: number; log?: (line: string) => void }): Promise<Wcf> =>
  run(await compileService(), [String(port)], log);
