// strangler cache stats|purge|inspect: what is kept in memory, and how to be rid of it.
import { client, type AdminOptions, type Client } from '../client.ts';
import { CommandError, ending, exitCode, type ExitCode, type Io } from '../exit.ts';
import { table, type Column } from '../table.ts';
import type { CacheEntryRow, CacheOperationRow, CacheSize, CacheView, PurgeResult } from '../../admin/shapes.ts';

interface Printed extends AdminOptions {
  readonly output?: 'table' | 'json';
}

export interface PurgeOptions extends Printed {
  readonly all?: true;
  readonly key?: string;
  readonly tag?: string;
  readonly operation?: string;
  readonly route?: string;
  readonly why?: string;
}

/** Exits 4 where no gateway answers. */
export const cacheStats = (options: Printed, io: Io): Promise<ExitCode> =>
  ending(io, async () => {
    const view = (await asked(client(options), '/api/v1/cache')) as CacheView;
    io.stdout.write(printed(options, view, () => `${sizeText(view)}\n\n${table(columns, view.operations)}`));
    return exitCode.ok;
  });

/** Exits 1 where nothing is kept by that key. */
export const cacheInspect = (options: Printed & { readonly key: string }, io: Io): Promise<ExitCode> =>
  ending(io, async () => {
    const entry = (await asked(client(options), `/api/v1/cache/${encodeURIComponent(options.key)}`)) as CacheEntryRow;
    io.stdout.write(printed(options, entry, () => table(fields, fieldsOf(entry))));
    return exitCode.ok;
  });

/** Exits 2 for a mistake. */
export const cachePurge = (
  { all, key, tag, operation, route, why, ...options }: PurgeOptions,
  io: Io,
): Promise<ExitCode> =>
  ending(io, async () => {
    const what = Object.fromEntries(
      Object.entries({ all, key, tag, operation, route }).filter(([, said]) => said !== undefined),
    );
    if (Object.keys(what).length !== 1)
      throw new CommandError(exitCode.mistake, 'expected one of --key, --tag, --operation, --route and --all');
    const answer = await client(options).post('/api/v1/cache/purge', {
      ...what,
      ...(why === undefined ? {} : { why }),
    });
    if (!answer.ok)
      throw new CommandError(answer.problem.status < 500 ? exitCode.mistake : exitCode.failed, answer.problem.detail);
    const result = answer.json as PurgeResult;
    io.stdout.write(
      printed(
        options,
        result,
        () => `purged ${result.purged}: ${sizeText(result.before)} -> ${sizeText(result.after)}\n`,
      ),
    );
    return exitCode.ok;
  });

const asked = async (admin: Client, path: string): Promise<unknown> => {
  const answer = await admin.get(path);
  if (!answer.ok) throw new CommandError(exitCode.failed, answer.problem.detail);
  return answer.json;
};

const printed = (options: Printed, value: object, asText: () => string): string =>
  options.output === 'json' ? `${JSON.stringify(value, null, 2)}\n` : asText();

const sizeText = ({ entries, bytes, bound }: CacheSize): string =>
  `${entries} answers, ${mb(bytes)} of ${mb(bound)} MB`;
const mb = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);

const columns: readonly Column<CacheOperationRow>[] = [
  { title: 'OPERATION', align: 'left', cell: ({ target }) => target },
  { title: 'CALLS', align: 'right', cell: ({ calls }) => String(calls) },
  {
    title: 'FROM MEMORY',
    align: 'right',
    cell: ({ calls, hits }) => (calls === 0 ? '-' : `${((hits / calls) * 100).toFixed(1)} %`),
  },
  {
    title: 'RESULTS',
    align: 'left',
    cell: ({ results }) =>
      Object.entries(results)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
  },
];

const fields: readonly Column<readonly [string, string]>[] = [
  { title: 'FIELD', align: 'left', cell: ([name]) => name },
  { title: 'VALUE', align: 'left', cell: ([, value]) => value },
];

const fieldsOf = (entry: CacheEntryRow): (readonly [string, string])[] =>
  Object.entries(entry).map(([name, value]) => {
    if (name.endsWith('At') || name.endsWith('Until')) return [name, new Date(Number(value)).toISOString()];
    return [name, Array.isArray(value) ? value.join(' ') : String(value ?? '-')];
  });
