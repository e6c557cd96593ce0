// The columns of the table: what each shows, and what it sorts by.
import type { ComponentChildren } from 'preact';
import type { OperationRow } from '../../shapes.ts';
import { fallbacksOf, figuresOf, snapshot, undecidedOf } from './state.ts';
import { dash, latency, percent, rate, share } from './format.ts';
import { Share } from './share.tsx';

export interface Column {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly align: 'left' | 'right';
  readonly by: (row: OperationRow) => number | string;
  readonly cell: (row: OperationRow) => ComponentChildren;
}

const Reasons = ({ named, tone }: { named: Readonly<Record<string, number>>; tone: 'warn' | 'note' }) => {
  const entries = Object.entries(named).toSorted(([, a], [, b]) => b - a);
  if (entries.length === 0) return <span class="zero">0</span>;
  return (
    <span class="reasons">
      {entries.map(([name, count]) => (
        <span key={name} class={`reason ${tone}`}>
          {name} <b>{count}</b>
        </span>
      ))}
    </span>
  );
};

const Rate = ({ value, tone }: { value: number; tone?: string }) => (
  <span class={value === 0 ? 'zero' : (tone ?? '')}>{rate(value)}</span>
);

const Latency = ({ value }: { value: number | null }) => (
  <span class={value === null ? 'zero' : ''}>{latency(value)}</span>
);

/** Only when it is not as it should be. */
const BreakerChip = ({ breaker }: Pick<OperationRow, 'breaker'>) => {
  if (breaker === null || (breaker.state === 'closed' && breaker.forced === null)) return null;
  const held = breaker.forced === null ? '' : ', by hand';
  return (
    <span
      class={`chip ${breaker.state === 'closed' ? 'drain' : 'killed'}`}
      title={`the breaker of modern is ${breaker.state}${held}`}
    >
      breaker {breaker.state}
    </span>
  );
};

/** Only when some of the urls of its destinations are left out. */
const UrlsChip = ({ legacy, modern }: Pick<OperationRow, 'legacy' | 'modern'>) => {
  const urls = snapshot.value?.status.urls ?? [];
  const own = urls.filter(({ destination }) => destination === legacy || destination === modern);
  const out = own.filter(({ state }) => state !== 'healthy');
  if (out.length === 0) return null;
  return (
    <span
      class="chip killed"
      title={out.map(({ destination, url, state }) => `${url} of ${destination} is ${state}`).join(', ')}
    >
      {out.length} of {own.length} urls out
    </span>
  );
};

const stages = ['legacy', 'shadow', 'canary', 'live', 'drain', 'retired'];

export const columns: readonly Column[] = [
  {
    id: 'stage',
    title: 'Stage',
    hint: 'Where the operation stands, read from its weight and fallback',
    align: 'left',
    by: ({ stage, killed }) => (killed ? -1 : stages.indexOf(stage)),
    cell: ({ stage, killed, weight, breaker, legacy, modern }) =>
      weight === null ? (
        <span class="zero">{dash}</span>
      ) : (
        <>
          <span class={`chip ${killed ? 'killed' : stage}`}>{killed ? 'killed' : stage}</span>{' '}
          <BreakerChip breaker={breaker} /> <UrlsChip legacy={legacy} modern={modern} />
        </>
      ),
  },
  {
    id: 'wanted',
    title: 'Wanted',
    hint: 'Weight in the file: percent of calls that are to go to modern',
    align: 'right',
    by: ({ weight }) => weight ?? -1,
    cell: ({ weight, killed }) =>
      killed ? <s title="not in force: killed">{percent(weight)}</s> : <span>{percent(weight)}</span>,
  },
  {
    id: 'measured',
    title: 'Measured',
    hint: 'Percent of calls that modern answered. The mark is the wanted share; hatched is what was decided for modern but fell back',
    align: 'left',
    by: (row) => figuresOf(row).answeredModern ?? -1,
    cell: (row) =>
      row.weight === null ? (
        <span class="zero">{dash}</span>
      ) : (
        <Share weight={row.killed ? 0 : row.weight} figures={figuresOf(row)} />
      ),
  },
  {
    id: 'memory',
    title: 'Memory',
    hint: 'Percent of the calls of an operation with a cache that memory answered',
    align: 'right',
    by: (row) => figuresOf(row).fromMemory ?? -1,
    cell: (row) => {
      const { fromMemory } = figuresOf(row);
      return <span class={fromMemory === null ? 'zero' : ''}>{share(fromMemory)}</span>;
    },
  },
  {
    id: 'calls',
    title: 'Calls/s',
    hint: 'Calls per second',
    align: 'right',
    by: (row) => figuresOf(row).callsPerSecond,
    cell: (row) => <Rate value={figuresOf(row).callsPerSecond} />,
  },
  {
    id: 'errors',
    title: 'Errors/s',
    hint: 'Calls per second whose client got no answer: server error, unavailable, cut',
    align: 'right',
    by: (row) => figuresOf(row).errorsPerSecond,
    cell: (row) => <Rate value={figuresOf(row).errorsPerSecond} tone="bad" />,
  },
  {
    id: 'fallbacks',
    title: 'Fallbacks, 1 min',
    hint: 'Calls that legacy answered after modern failed, by what modern did, in the last minute',
    align: 'left',
    by: fallbacksOf,
    cell: (row) => <Reasons named={row.last60s.fallbacks} tone="warn" />,
  },
  {
    id: 'legacy50',
    title: 'p50',
    hint: 'Median time legacy takes, in milliseconds',
    align: 'right',
    by: (row) => figuresOf(row).legacy.p50 ?? -1,
    cell: (row) => <Latency value={figuresOf(row).legacy.p50} />,
  },
  {
    id: 'legacy95',
    title: 'p95',
    hint: 'Time within which legacy answers 95 of 100 calls',
    align: 'right',
    by: (row) => figuresOf(row).legacy.p95 ?? -1,
    cell: (row) => <Latency value={figuresOf(row).legacy.p95} />,
  },
  {
    id: 'modern50',
    title: 'p50',
    hint: 'Median time modern takes, in milliseconds',
    align: 'right',
    by: (row) => figuresOf(row).modern.p50 ?? -1,
    cell: (row) => <Latency value={figuresOf(row).modern.p50} />,
  },
  {
    id: 'modern95',
    title: 'p95',
    hint: 'Time within which modern answers 95 of 100 calls',
    align: 'right',
    by: (row) => figuresOf(row).modern.p95 ?? -1,
    cell: (row) => <Latency value={figuresOf(row).modern.p95} />,
  },
  {
    id: 'undecided',
    title: 'Undecided, 1 min',
    hint: 'Calls whose operation could not be told; they went to legacy',
    align: 'left',
    by: undecidedOf,
    cell: (row) => <Reasons named={row.last60s.undecided} tone="note" />,
  },
];
