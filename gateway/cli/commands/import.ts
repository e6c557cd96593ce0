// `strangler import WSDL`: what of a contract can be moved, what can only be passed through and why, and a file to begin with.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdapterError } from '../../../adapters/errors.ts';
import { CommandError, ending, exitCode } from '../exit.ts';
import { routesBlock } from '../routes-block.ts';
import { table } from '../table.ts';
import type { Adapters, ContractOperation, Inspected } from '../../../adapters/adapter.ts';
import type { ExitCode, Io } from '../exit.ts';
import type { Column } from '../table.ts';

export interface ImportOptions {
  /** Path or http(s) URL. */
  readonly wsdl: string;
  readonly output: 'table' | 'json';
  readonly allowHosts: readonly string[];
  /** Folder that a file may import from; its own where null. */
  readonly root: string | null;
  /** Folder for a snapshot of all documents; null: nothing is written. */
  readonly out: string | null;
}

/** Exits 1 when the contract cannot be read at all. */
export const importContract = (
  options: ImportOptions,
  adapters: Pick<Adapters, 'inspect'>,
  io: Io,
): Promise<ExitCode> =>
  ending(io, async () => {
    const { root, allowHosts, out, output } = options;
    const inspected = await read(() =>
      adapters.inspect(options.wsdl, { allowHosts, ...(root === null ? {} : { root }) }),
    );
    const saved = out === null ? null : await save(inspected, out, adapters);
    const wsdl = saved ?? (/^https?:/i.test(options.wsdl) ? join('contracts', nameOf(inspected)) : options.wsdl);
    const routes = routesBlock(inspected, { wsdl });
    io.stdout.write(output === 'json' ? asJson(inspected, { wsdl, routes }) : asText(inspected, routes));
    return exitCode.ok;
  });

const read = async <T>(act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    throw new CommandError(exitCode.failed, `${error.message} (${error.code})`);
  }
};

const nameOf = ({ snapshot }: Inspected): string => snapshot[0]?.name ?? 'contract.wsdl';

/** Path of the saved WSDL. What was saved is read again: it has to say what was read. */
const save = async (inspected: Inspected, folder: string, adapters: Pick<Adapters, 'inspect'>): Promise<string> => {
  try {
    await mkdir(folder, { recursive: true });
    for (const { name, text } of inspected.snapshot) await writeFile(join(folder, name), text);
  } catch (error) {
    throw new CommandError(exitCode.failed, `${folder}: cannot be written: ${(error as Error).message}`);
  }
  const first = join(folder, nameOf(inspected));
  const again = await read(() => adapters.inspect(first, { allowHosts: [] }));
  if (again.contract.hash === inspected.contract.hash) return first;
  throw new CommandError(
    exitCode.failed,
    `${first}: says something else than what was read; nothing of it can be trusted`,
  );
};

const asJson = ({ contract, ports, documents }: Inspected, more: { wsdl: string; routes: string }): string => {
  const operations = [...contract.operations.values()].map(({ name, oneWay, passThroughOnly, inputs, faults }) => ({
    name,
    translatable: passThroughOnly === null,
    reason: passThroughOnly,
    oneWay,
    inputs,
    faults,
  }));
  return `${JSON.stringify({ hash: contract.hash, documents, ports, operations, ...more }, null, 2)}\n`;
};

const asText = (inspected: Inspected, routes: string): string => {
  const operations = [...inspected.contract.operations.values()];
  const movable = operations.filter((each) => each.passThroughOnly === null).length;
  const ports = inspected.ports.map((each) => `${each.service}.${each.name} (SOAP ${each.version})`);
  const count = inspected.documents.length === 1 ? '1 document' : `${inspected.documents.length} documents`;
  return [
    `# ${movable} of ${operations.length} operations can be answered from JSON; ${count}; ports ${ports.join(', ') || '-'}`,
    ...elsewhere(inspected),
    '',
    table(columns, operations),
    '# To begin with, as routes.config.yaml:',
    '',
    routes,
  ]
    .map((line) => line.replaceAll(/[^\P{Cc}\n]/gu, '?'))
    .join('\n');
};

/** Bindings to net.tcp, named pipes and queues: their clients are told of no change, for none of theirs can be made. */
const elsewhere = ({ ports }: Inspected): readonly string[] => {
  const others = ports.filter(({ address }) => address !== null && URL.canParse(address) && !/^https?:/i.test(address));
  if (others.length === 0) return [];
  const told = others.map(({ service, name, address }) => `${service}.${name} (${address})`);
  return [`# Not over HTTP, so never through this gateway: ${told.join(', ')}`];
};

const columns: readonly Column<ContractOperation>[] = [
  { title: 'OPERATION', align: 'left', cell: ({ name }) => name },
  { title: 'TRANSLATABLE', align: 'left', cell: ({ passThroughOnly }) => (passThroughOnly === null ? 'yes' : 'no') },
  { title: 'WHY NOT', align: 'left', cell: ({ passThroughOnly }) => passThroughOnly ?? '-' },
];
