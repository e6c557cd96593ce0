// Real SOAP callers: WCF, ASMX, PHP, Python. Each runs the same list of calls and tells the values as exact text.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Json } from '../../adapters/adapter.ts';
import { compileCaller } from '../../examples/orders/legacy-wcf/start.ts';
import { component } from './components.ts';

export const clients = { wcf: 'mono', asmx: 'asmx', php: 'php', zeep: 'zeep' } as const;
export type Client = keyof typeof clients;

/** One call as its caller saw it. Exactly one of `value`, `fault`, `error` is there. */
export interface Line {
  /** Such as `GetOrder(7)`. */
  readonly call: string;
  readonly value?: Json;
  /** A SOAP fault. `type` and `detail` only if the caller could read it as the one that the contract declares. */
  readonly fault?: {
    readonly type: string | null;
    readonly code: string;
    readonly message: string;
    readonly detail: Readonly<Record<string, string>> | null;
  };
  /** Anything else that went wrong: no connection, an answer that could not be read. */
  readonly error?: string;
}

export interface Script {
  /** Orders to get; one of 900000 or more is not found. */
  readonly ids?: readonly number[];
  /** Sent in the SOAP header ClientId; none where nothing is said. */
  readonly clientId?: string;
  /** Reference of the order to place; without it the caller only reads. */
  readonly reference?: string;
}

const here = import.meta.dirname;
const wsdl = join(here, '../../examples/orders/contracts/OrderService.wsdl');

const programs: Readonly<Record<Client, () => Promise<string>>> = {
  wcf: () => compileCaller('Client', join(here, '../clients/wcf')),
  asmx: () =>
    compileCaller('AsmxClient', join(here, '../clients/asmx'), {
      files: [join(here, '../clients/wcf/Json.cs')],
      assemblies: ['System.Web.Services', 'System.Xml'],
    }),
  php: () => Promise.resolve(join(here, '../clients/php/client.php')),
  zeep: () => Promise.resolve(join(here, '../clients/zeep/client.py')),
};

/** Runs one caller against the service at `url`. Rejects when the caller is not installed, or breaks. */
export const runClient = async (client: Client, url: string, script: Script = {}): Promise<Line[]> => {
  const runtime = component(clients[client]);
  if (runtime === null) throw new Error(`${clients[client]} is not installed.`);
  const { ids = [1, 2, 3, 4, 5, 6, 7, 8, 11, 899_999, 900_001], clientId = '-', reference = '-' } = script;
  const args = [await programs[client](), url, wsdl, clientId, ids.join(','), reference];
  const { stdout } = await promisify(execFile)(runtime, args, { timeout: 120_000, maxBuffer: 64 << 20 });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
};
