// Everything the page knows, as signals.
import { computed, signal } from '@preact/signals';
import type { CallRow, Figures, GatewayEvent, OperationRow, SeriesView, Snapshot } from '../../shapes.ts';

/** How the stream stands; figures that are not live are shown as old, never as if they were. */
export type Connection =
  | { readonly at: 'connecting' }
  | { readonly at: 'live' }
  | { readonly at: 'lost' }
  /** The gateway asks for its token: the page is not opened over loopback. */
  | { readonly at: 'locked'; readonly refused: boolean };

export const connection = signal<Connection>({ at: 'connecting' });
export const snapshot = signal<Snapshot | null>(null);
/** When the last picture came, on this browser's `performance.now()`. */
export const heardAt = signal(0);
/** This browser's `performance.now()`, four times a second, for ages. */
export const clock = signal(performance.now());
export const events = signal<readonly GatewayEvent[]>([]);
export const calls = signal<readonly CallRow[]>([]);
export const series = signal<{ readonly target: string; readonly view: SeriesView } | null>(null);

export type Window = 'last10s' | 'last60s';
/** What shares, rates and latencies cover; fallbacks and undecided always cover the last minute. */
export const span = signal<Window>('last10s');
export const filter = signal('');
export const chosen = signal<string | null>(null);

/** Milliseconds since the last picture. */
export const silence = computed(() => Math.max(0, clock.value - heardAt.value));
export const isStale = computed(
  () => snapshot.value !== null && (connection.value.at !== 'live' || silence.value > 2_500),
);

/** What is no operation is only worth a line while it has calls. */
const isShown = (row: OperationRow): boolean => row.weight !== null || row.last60s.calls > 0;

export const operations = computed<readonly OperationRow[]>(() => (snapshot.value?.operations ?? []).filter(isShown));

/** The operation the lower half shows: the chosen one, else the first. */
export const selected = computed<OperationRow | null>(() => {
  const rows = operations.value;
  const found = rows.find(({ target }) => target === chosen.value);
  if (found !== undefined) return found;
  return rows.find(({ weight }) => weight !== null) ?? rows[0] ?? null;
});

export const figuresOf = (row: OperationRow): Figures => row[span.value];

const add = (named: Readonly<Record<string, number>>): number =>
  Object.values(named).reduce((total, count) => total + count, 0);

export const fallbacksOf = (row: OperationRow): number => add(row.last60s.fallbacks);
export const undecidedOf = (row: OperationRow): number => add(row.last60s.undecided);

export const totals = computed(() => {
  const sum = { calls: 0, errors: 0, fallbacks: 0, undecided: 0 };
  for (const row of snapshot.value?.operations ?? []) {
    sum.calls += row.last10s.callsPerSecond;
    sum.errors += row.last10s.errorsPerSecond;
    sum.fallbacks += fallbacksOf(row);
    sum.undecided += undecidedOf(row);
  }
  return sum;
});
