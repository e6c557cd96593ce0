// `strangler scaffold WSDL`: what a new service starts from. Nothing that somebody may have written is written over.
import { access, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { AdapterError } from '../../../adapters/errors.ts';
import { CommandError, ending, exitCode } from '../exit.ts';
import { routesBlock } from '../routes-block.ts';
import type { Adapters, Contract, Inspected, Scaffolded } from '../../../adapters/adapter.ts';
import type { ExitCode, Io } from '../exit.ts';

export interface ScaffoldOptions {
  /** Path of the WSDL. */
  readonly wsdl: string;
  /** Folder that all goes to; null: one beside, named after the WSDL. */
  readonly out: string | null;
  /** Writes over what was made before, though never over handlers and their tests. */
  readonly force: boolean;
}

export interface Scaffolding extends Pick<Adapters, 'inspect'> {
  scaffold(contract: Contract, wsdl: string): readonly Scaffolded[];
}

/** Exits 1 for a contract that cannot be read or has no operation to write, 2 where there are files already. */
export const scaffold = (options: ScaffoldOptions, adapters: Scaffolding, io: Io): Promise<ExitCode> =>
  ending(io, async () => {
    if (/^https?:/i.test(options.wsdl)) {
      const message = `${options.wsdl} is not on this machine; \`strangler import --out\` saves what is there as files`;
      throw new CommandError(exitCode.mistake, message);
    }
    const out =
      options.out ??
      basename(options.wsdl)
        .replace(/\.[^.]*$/, '')
        .toLowerCase();
    const inspected = await read(options.wsdl, adapters);
    const operations = [...inspected.contract.operations.values()];
    const kept = operations.filter(({ passThroughOnly }) => passThroughOnly !== null);
    for (const { name, passThroughOnly } of kept) io.stderr.write(`pass-through only: ${name}: ${passThroughOnly}\n`);
    if (kept.length === operations.length) throw new CommandError(exitCode.failed, 'no operation can be written anew');
    const wsdl = pathFrom(out, options.wsdl);
    const files = [...adapters.scaffold(inspected.contract, wsdl), routesFile(inspected, wsdl)];
    await write(files, { ...options, out }, io);
    io.stdout.write(told(out));
    return exitCode.ok;
  });

const read = async (wsdl: string, adapters: Scaffolding): Promise<Inspected> => {
  try {
    return await adapters.inspect(wsdl, { allowHosts: [] });
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    throw new CommandError(exitCode.failed, `${error.message} (${error.code})`);
  }
};

/** As files in `folder` name it: relative, with slashes. */
const pathFrom = (folder: string, file: string): string => {
  const path = relative(resolve(folder), resolve(file)).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
};

const routesFile = (inspected: Inspected, wsdl: string): Scaffolded => ({
  path: 'routes.yaml',
  text: `# What routes.config.yaml needs; paths are from this folder.\n${routesBlock(inspected, { wsdl, handlers: './handlers.ts' })}`,
  isYours: true,
});

const write = async (
  files: readonly Scaffolded[],
  { out, force }: { out: string; force: boolean },
  io: Io,
): Promise<void> => {
  const present = new Set<Scaffolded>();
  for (const file of files) if (await exists(join(out, file.path))) present.add(file);
  const [first] = present;
  if (first !== undefined && !force) {
    const count = present.size === 1 ? 'a file is' : `${present.size} files are`;
    const message = `${count} there already, such as ${join(out, first.path)}; --force writes over all but what is yours`;
    throw new CommandError(exitCode.mistake, message);
  }
  for (const file of files) {
    const path = join(out, file.path);
    const isKept = file.isYours && present.has(file);
    if (!isKept) await writeOne(path, file.text);
    io.stdout.write(`${isKept ? 'kept ' : 'wrote'} ${path}\n`);
  }
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const writeOne = async (path: string, text: string): Promise<void> => {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    throw new CommandError(exitCode.failed, `${path}: cannot be written: ${(error as Error).message}`);
  }
};

const told = (out: string): string =>
  `\nThe tests in ${join(out, 'handlers.test.ts')} fail until the handlers are written. They need ava, typescript and\n` +
  `@types/node. ${join(out, 'routes.yaml')} has what the gateway needs.\n`;
