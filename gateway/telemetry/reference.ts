// docs/reference/metrics.md: every metric of the gateway's own, from the catalogue.
import { undecidedReasons } from '../../adapters/adapter.ts';
import { breakerStates } from '../events.ts';
import { outcomes } from '../exchange.ts';
import { stages } from '../table/table.ts';
import { catalogue, type MetricEntry } from './catalogue.ts';
import { bounds, fallbackReasons, sides } from './columns.ts';

/** The page, as Markdown. */
export const metricsReference = (): string =>
  [
    '# Metrics\n',
    '<!-- Written by docs/generate.ts from the catalogue. `npm run docs` writes it anew. -->\n',
    'At `/metrics` of `gateway.admin` and, where it is set, of `gateway.health`, in the text format of Prometheus.',
    'Labels come from the table, never from a call: no client can make a series. `route`, `operation` and `destination` are names of the file',
    'and the contract; `operation` is `other` for calls of no named operation. A count that is still 0 is no series.\n',
    ...catalogue.map(section),
    '## Process\n',
    'Besides these, `process_…` and `nodejs_…`: processor time, memory, open files, garbage collection, and the lag of the event loop.\n',
    '## Buckets\n',
    `Histograms have the bounds ${bounds.map((ms) => code(String(ms / 1000))).join(', ')} seconds and \`+Inf\`.\n`,
  ].join('\n');

const section = (entry: MetricEntry): string =>
  [`## ${entry.name}\n`, `${capital(entry.type)}. ${entry.help}\n`, ...labels(entry)].join('\n');

const labels = ({ name, labels: all }: MetricEntry): string[] => {
  if (all.length === 0) return [];
  const lines = all.map((label) => {
    const values = closedLists[label]?.(name);
    return `| \`${label}\` | ${values === undefined ? 'from the table' : values.map(code).join(', ')} |`;
  });
  return ['| label | values |', '| --- | --- |', ...lines, ''];
};

/** Labels whose values are known beforehand; `name` is that of the metric. */
const closedLists: Readonly<Record<string, (name: MetricEntry['name']) => readonly string[]>> = {
  side: (name) => (name === 'strangler_decisions_total' ? ['legacy', 'modern'] : sides),
  outcome: () => outcomes,
  reason: (name) => (name === 'strangler_undecided_total' ? undecidedReasons : fallbackReasons),
  stage: () => stages,
  state: () => breakerStates,
  result: () => ['accepted', 'rejected'],
};

const code = (text: string): string => `\`${text}\``;
const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
