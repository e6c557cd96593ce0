// strangler status: what serves, and how each operation fares.
import { client } from '../client.ts';
import { CommandError, ending, exitCode } from '../exit.ts';
import { table } from '../table.ts';
import type { OperationRow, Status } from '../../admin/shapes.ts';
import type { AdminOptions, Client } from '../client.ts';
import type { ExitCode, Io } from '../exit.ts';
import type { Column } from '../table.ts';

export interface StatusOptions extends AdminOptions {
  readonly output?: 'table' | 'json';
}

/** Exits 1 when the gateway is not ready or its file was rejected, so that a script can ask. */
export const status = (options: StatusOptions, io: Io): Promise<ExitCode> =>
  ending(io, async () => {
    const admin = client(options);
    const state = (await asked(admin, '/api/v1/status')) as Status;
    const { operations } = (await asked(admin, '/api/v1/operations')) as { operations: OperationRow[] };
    const told =
      options.output === 'json'
        ? `${JSON.stringify({ status: state, operations }, null, 2)}\n`
        : asText(state, operations);
    io.stdout.write(told);
    return state.ready && state.config.rejected === null ? exitCode.ok : exitCode.failed;
  });

const asked = async (admin: Client, path: string): Promise<unknown> => {
  const answer = await admin.get(path);
  if (!answer.ok) throw new CommandError(exitCode.failed, answer.problem.detail);
  return answer.json;
};

const asText = (state: Status, operations: readonly OperationRow[]): string =>
  `${[headline(state), ...notes(state)].join('\n')}\n\n${table(columns, operations)}`;

const headline = ({ gateway, revision, since, now, ready, draining }: Status): string => {
  const standing = draining ? 'draining' : ready ? 'ready' : 'not ready';
  const serving = revision === null || since === null ? 'no table yet' : `revision ${revision} for ${age(now - since)}`;
  return `strangler ${gateway.version}, ${standing}, ${serving}, up ${age(now - gateway.startedAt)}`;
};

const notes = ({ config, killed, state }: Status): string[] => [
  ...(state === 'down' ? ['! the state does not answer, calls are served without it'] : []),
  ...(config.rejected?.problems ?? []).map(
    ({ file, line, column, message }) => `! rejected, the table before it serves: ${file}:${line}:${column} ${message}`,
  ),
  ...config.warnings.map(({ file, line, column, message }) => `! warning: ${file}:${line}:${column} ${message}`),
  ...config.restartNeeded.map((key) => `! takes effect after a restart: ${key}`),
  ...killed.map((scope) => `! killed, all calls go to legacy: ${scope === '*' ? 'everything' : scope}`),
];

const age = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
};

const percent = (value: number | null): string => (value === null ? '-' : `${Math.round(value * 100) / 100} %`);
const share = (value: number | null): string => (value === null ? '-' : `${value.toFixed(1)} %`);
const rate = (value: number): string => (value === 0 ? '0' : value < 10 ? value.toFixed(2) : value.toFixed(1));
const latency = (value: number | null): string =>
  value === null ? '-' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const counts = (named: Readonly<Record<string, number>>): string => {
  const entries = Object.entries(named);
  return entries.length === 0 ? '0' : entries.map(([name, count]) => `${name} ${count}`).join(', ');
};

const breakerText = (breaker: OperationRow['breaker']): string => {
  if (breaker === null) return '-';
  return breaker.forced === null ? breaker.state : `${breaker.state} (held)`;
};

const columns: readonly Column<OperationRow>[] = [
  { title: 'OPERATION', align: 'left', cell: ({ target }) => target },
  { title: 'STAGE', align: 'left', cell: ({ stage, killed }) => (killed ? 'KILLED' : stage) },
  { title: 'BREAKER', align: 'left', cell: ({ breaker }) => breakerText(breaker) },
  { title: 'WANTED', align: 'right', cell: ({ weight }) => percent(weight) },
  { title: 'DECIDED', align: 'right', cell: ({ last60s }) => share(last60s.decidedModern) },
  { title: 'ANSWERED', align: 'right', cell: ({ last60s }) => share(last60s.answeredModern) },
  { title: 'CALLS/S', align: 'right', cell: ({ last10s }) => rate(last10s.callsPerSecond) },
  { title: 'ERRORS/S', align: 'right', cell: ({ last10s }) => rate(last10s.errorsPerSecond) },
  { title: 'P95 LEGACY', align: 'right', cell: ({ last60s }) => latency(last60s.legacy.p95) },
  { title: 'P95 MODERN', align: 'right', cell: ({ last60s }) => latency(last60s.modern.p95) },
  { title: 'FALLBACKS/MIN', align: 'left', cell: ({ last60s }) => counts(last60s.fallbacks) },
  { title: 'UNDECIDED/MIN', align: 'left', cell: ({ last60s }) => counts(last60s.undecided) },
];
