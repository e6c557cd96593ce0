// `strangler check`: would this file be taken? All problems at once; exit 0 or 1.
import { load } from '../../config/load.ts';
import type { Loaded } from '../../config/load.ts';
import { formatProblem, sortProblems } from '../../config/problem.ts';
import { weightLines } from '../../config/weights.ts';
import type { WeightLine } from '../../config/weights.ts';
import type { Problem } from '../../events.ts';
import type { Env } from '../../config/substitute.ts';

export interface CheckOptions {
  /** The file, and overlays over it. */
  readonly config: readonly string[];
  readonly output: 'table' | 'json';
  readonly env?: Env;
  /** What the file alone can't tell, such as operations that the WSDL does not have. Asked only of a file that is right so far. */
  readonly validateMore?: (loaded: Loaded) => Promise<readonly Problem[]>;
}

export interface Out {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** The exit code: 0, or 1 when one problem is an error. */
export const check = async (options: CheckOptions, out: Out): Promise<number> => {
  const loaded = await load(options.config, options.env ?? process.env);
  const more = loaded.config === null ? [] : await (options.validateMore?.(loaded) ?? []);
  const problems = sortProblems([...loaded.problems, ...more], [...loaded.text.keys()]);
  const ok = problems.every(({ severity }) => severity === 'warning');
  const routes = loaded.config === null ? [] : weightLines(loaded, loaded.config);
  if (options.output === 'json') out.stdout.write(`${JSON.stringify({ ok, problems, routes }, null, 2)}\n`);
  else writeTable({ ok, problems, routes }, out);
  return ok ? 0 : 1;
};

interface Report {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly routes: readonly WeightLine[];
}

const writeTable = ({ ok, problems, routes }: Report, { stdout, stderr }: Out): void => {
  for (const problem of problems) stderr.write(`${formatProblem(problem)}\n`);
  if (!ok) {
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    stderr.write(`not valid: ${errors} ${errors === 1 ? 'error' : 'errors'}\n`);
    return;
  }
  const rows = routes.map((line) => [line.route, line.operation ?? '(others)', `${line.weight} %`, line.from ?? '-']);
  stdout.write(table([['route', 'operation', 'weight', 'said in'], ...rows]));
};

/** Columns as wide as their widest cell. */
const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
};
