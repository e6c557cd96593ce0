// What becomes of every WSDL in this folder when it is imported. Written down in outcomes.json: `node test/wsdls/write.ts`.
import { globSync } from 'node:fs';
import { join, sep } from 'node:path';
import { AdapterError } from '../../adapters/errors.ts';
import { inspectContract } from '../../adapters/soap/contract/loading/inspect.ts';
import type { Inspected } from '../../adapters/adapter.ts';

export type Outcome =
  | { readonly operations: number; readonly translatable: number; readonly reasons: Readonly<Record<string, number>> }
  | { readonly error: string };

export const folder = import.meta.dirname;

/** Relative paths, with `/`, sorted. */
export const wsdls = (): string[] =>
  globSync('**/*.wsdl', { cwd: folder })
    .map((path) => path.replaceAll(sep, '/'))
    .toSorted();

/** Imports may reach over folders of one collection. Rejects with whatever is not an AdapterError. */
export const inspect = (path: string): Promise<Inspected> =>
  inspectContract(join(folder, path), { allowHosts: [], root: join(folder, path.split('/')[0] ?? '') });

export const outcomeOf = async (path: string): Promise<Outcome> => {
  try {
    const operations = [...(await inspect(path)).contract.operations.values()];
    const reasons: Record<string, number> = {};
    for (const { passThroughOnly } of operations) {
      if (passThroughOnly === null) continue;
      // Without the place, or every operation would have a reason of its own.
      const reason = passThroughOnly.replaceAll(/ \((?:[^()]*, )?[\w./-]+:\d+\)/g, '');
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
    const translatable = operations.filter((each) => each.passThroughOnly === null).length;
    return { operations: operations.length, translatable, reasons };
  } catch (error) {
    if (error instanceof AdapterError) return { error: `${error.code} ${error.message}` };
    throw error;
  }
};
