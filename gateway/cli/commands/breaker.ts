// strangler breaker open orders-modern/GetOrder --why …: held by hand, or left to what calls do.
import { client } from '../client.ts';
import { CommandError, ending, exitCode } from '../exit.ts';
import { table, type Column } from '../table.ts';
import type { BreakerRow } from '../../admin/shapes.ts';
import type { AdminOptions } from '../client.ts';
import type { ExitCode, Io } from '../exit.ts';

export interface BreakerOptions extends AdminOptions {
  /** `list` shows those that have something to tell. */
  readonly how: 'open' | 'close' | 'auto' | 'list';
  /** `destination` or `destination/operation`; null with `list`: all. */
  readonly target: string | null;
  readonly why?: string | undefined;
  readonly output?: 'table' | 'json';
}

/** Exits 2 for a mistake, 4 where no gateway answers. */
export const breaker = (options: BreakerOptions, io: Io): Promise<ExitCode> =>
  ending(io, async () => {
    const { how, target, why = '' } = options;
    const admin = client(options);
    const answer =
      how === 'list'
        ? await admin.get('/api/v1/breakers')
        : await admin.post(`/api/v1/breakers/${how}`, { target, why });
    if (!answer.ok)
      throw new CommandError(answer.problem.status < 500 ? exitCode.mistake : exitCode.failed, answer.problem.detail);
    const { breakers } = answer.json as { readonly breakers: readonly BreakerRow[] };
    io.stdout.write(
      options.output === 'json' ? `${JSON.stringify({ breakers }, null, 2)}\n` : table(columns, breakers),
    );
    return exitCode.ok;
  });

const columns: readonly Column<BreakerRow>[] = [
  { title: 'BREAKER', align: 'left', cell: ({ target }) => target },
  { title: 'STATE', align: 'left', cell: ({ state }) => state },
  { title: 'HELD', align: 'left', cell: ({ forced }) => (forced === null ? '-' : `${forced}, by hand`) },
  { title: 'OPENED', align: 'right', cell: ({ opened }) => String(opened) },
];
