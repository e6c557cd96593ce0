// strangler flip orders.GetOrder 25 --why …: changes one weight, and shows what was and what is.
import { client } from '../client.ts';
import { CommandError, ending, exitCode } from '../exit.ts';
import type { FlipResult, ProblemDetails } from '../../admin/shapes.ts';
import type { AdminOptions } from '../client.ts';
import type { ExitCode, Io } from '../exit.ts';

export interface FlipOptions extends AdminOptions {
  /** `route.operation`. */
  readonly target: string;
  /** As typed: `25`, `25%`, `0.5`. */
  readonly weight: string;
  readonly why?: string | undefined;
}

/** Exits 1 with the patch on stdout where the file may not be written, 2 for a mistake, 4 where no gateway answers. */
export const flip = (options: FlipOptions, io: Io): Promise<ExitCode> =>
  ending(io, async () => {
    const weight = weightOf(options.weight);
    const answer = await client(options).post('/api/v1/flip', {
      target: options.target,
      weight,
      why: options.why ?? '',
    });
    if (!answer.ok) throw failure(answer.problem);
    const done = answer.json as Extract<FlipResult, { is: 'flipped' }>;
    io.stdout.write(
      `${done.target}: ${done.before} % -> ${done.after} % modern (${done.file}:${done.line}, revision ${done.revision})\n`,
    );
    return exitCode.ok;
  });

const weightOf = (typed: string): number => {
  const [, digits] = /^(\d{1,3}(?:\.\d{1,2})?) ?%?$/.exec(typed.trim()) ?? [];
  const weight = Number(digits ?? Number.NaN);
  if (!(weight <= 100))
    throw new CommandError(
      exitCode.mistake,
      `the weight is '${typed}'; expected a number from 0 to 100 with at most two decimals`,
    );
  return weight;
};

const failure = (problem: ProblemDetails): CommandError => {
  if (problem.status === 409 && problem['is'] === 'read-only') {
    // Both ends are ours: the API spreads a FlipResult over its problem, see gateway/admin/flip.ts.
    const { patch, target, before, after, file } = problem as unknown as Extract<FlipResult, { is: 'read-only' }>;
    const text = patch.endsWith('\n') ? patch : `${patch}\n`;
    return new CommandError(
      exitCode.failed,
      `${target} stays at ${before} %: ${file} may not be written. The patch for ${after} % is on standard output`,
      text,
    );
  }
  return new CommandError(problem.status < 500 ? exitCode.mistake : exitCode.failed, problem.detail);
};
