// docs/reference/metrics.md: every metric of the gateway's own, from the catalogue.
import { undecidedReasons } from '../../adapters/adapter.ts';
import { breakerStates, turnedAwayReasons } from '../events.ts';
import { cacheResults, outcomes } from '../exchange.ts';
import { waitEndings } from '../guard/bulkhead.ts';
import { priorities } from '../guard/schema.ts';
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
  const lines = all.map((label) => `| \`${label}\` | ${valuesOf(name, label)} |`);
  return ['| label | values |', '| --- | --- |', ...lines, ''];
};

/** Values that are known beforehand: by label where it means the same everywhere, and by metric and label where it does not. */
const closedLists: Readonly<Record<string, readonly string[]>> = {
  side: sides,
  'strangler_decisions_total side': ['legacy', 'modern'],
  stage: stages,
  state: breakerStates,
  priority: priorities,
  bound: ['call', 'total'],
  'strangler_requests_total outcome': outcomes,
  'strangler_queue_waits_total outcome': waitEndings,
  'strangler_fallbacks_total reason': fallbackReasons,
  'strangler_undecided_total reason': undecidedReasons,
  'strangler_turned_away_total reason': turnedAwayReasons,
  'strangler_cache_total result': cacheResults,
  'strangler_second_sends_total result': ['sent', 'refused'],
  'strangler_hedges_total result': ['won', 'other'],
  'strangler_config_reloads_total result': ['accepted', 'rejected'],
  'strangler_certificate_reloads_total result': ['accepted', 'rejected'],
};

/** Names of the file and of contracts. */
const fromTheTable: ReadonlySet<string> = new Set(['route', 'operation', 'destination', 'url']);

/** Throws for a label that neither list has: the page would say something of it that is not so. */
const valuesOf = (metric: string, label: string): string => {
  const closed = closedLists[`${metric} ${label}`] ?? closedLists[label];
  if (closed !== undefined) return closed.map(code).join(', ');
  if (fromTheTable.has(label)) return 'from the table';
  throw new Error(`${metric} has the label ${label}, whose values are not told in gateway/telemetry/reference.ts`);
};

const code = (text: string): string => `\`${text}\``;
const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
