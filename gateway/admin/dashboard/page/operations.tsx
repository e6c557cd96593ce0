import { computed, signal } from '@preact/signals';
import type { OperationRow } from '../../shapes.ts';
import { columns } from './columns.tsx';
import type { Column } from './columns.tsx';
import { chosen, fallbacksOf, figuresOf, filter, operations, selected, snapshot, span } from './state.ts';
import type { Window } from './state.ts';

/** Null: as the file has them. */
const sort = signal<{ readonly id: string; readonly down: boolean } | null>(null);

const nameColumn: Column = {
  id: 'operation',
  title: 'Operation',
  hint: 'Route and operation',
  align: 'left',
  by: ({ target }) => target,
  cell: ({ target }) => target,
};

const compare = (a: number | string, b: number | string): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));

const sorted = computed<readonly OperationRow[]>(() => {
  const wanted = filter.value.trim().toLowerCase();
  const rows = operations.value.filter(({ target }) => target.toLowerCase().includes(wanted));
  const order = sort.value;
  const column = order === null ? undefined : [nameColumn, ...columns].find(({ id }) => id === order.id);
  if (order === null || column === undefined) return rows;
  return rows.toSorted((a, b) => compare(column.by(a), column.by(b)) * (order.down ? -1 : 1));
});

/** First click: the largest on top for figures, A to Z for names; second: the other way; third: as the file has them. */
const turn = ({ id }: Column): void => {
  const first = id !== 'operation' && id !== 'stage';
  if (sort.value?.id !== id) sort.value = { id, down: first };
  else sort.value = sort.value.down === first ? { id, down: !first } : null;
};

const Heading = ({ column, span: rows = 1 }: { column: Column; span?: number }) => {
  const order = sort.value?.id === column.id ? (sort.value.down ? 'descending' : 'ascending') : 'none';
  return (
    <th scope="col" rowSpan={rows} aria-sort={order} class={`${column.align} ${column.id}`} title={column.hint}>
      <button type="button" onClick={() => turn(column)}>
        {column.title}
        <span class="arrow" aria-hidden="true">
          {order === 'none' ? '' : order === 'descending' ? '▼' : '▲'}
        </span>
      </button>
    </th>
  );
};

const standing = (row: OperationRow): string => {
  if (row.killed) return 'is-killed';
  if (figuresOf(row).errors > 0) return 'is-bad';
  return fallbacksOf(row) > 0 ? 'is-warn' : '';
};

const Name = ({ row }: { row: OperationRow }) => (
  <button
    type="button"
    aria-pressed={selected.value?.target === row.target}
    onClick={() => (chosen.value = row.target)}
  >
    <span class="route">{row.route}</span>
    <span class="dot">.</span>
    {row.weight === null ? <i>other</i> : <b>{row.operation}</b>}
  </button>
);

const Line = ({ row }: { row: OperationRow }) => (
  <tr
    class={`${standing(row)} ${selected.value?.target === row.target ? 'selected' : ''}`}
    data-target={row.target}
    onClick={() => (chosen.value = row.target)}
  >
    <th scope="row">
      <Name row={row} />
    </th>
    {columns.map((column) => (
      <td key={column.id} class={`${column.align} ${column.id}`}>
        {column.cell(row)}
      </td>
    ))}
  </tr>
);

const windows: readonly { readonly id: Window; readonly title: string }[] = [
  { id: 'last10s', title: '10 s' },
  { id: 'last60s', title: '1 min' },
];

const Tools = () => (
  <div class="tools">
    <h2>Operations</h2>
    <input
      type="search"
      placeholder="Filter"
      aria-label="Filter operations by name"
      value={filter.value}
      onInput={(event) => (filter.value = event.currentTarget.value)}
    />
    <fieldset>
      <legend>Shares, rates and latencies over the last</legend>
      {windows.map(({ id, title }) => (
        <label key={id} class={span.value === id ? 'on' : ''}>
          <input type="radio" name="span" checked={span.value === id} onChange={() => (span.value = id)} />
          {title}
        </label>
      ))}
    </fieldset>
  </div>
);

const latencies = new Set(['legacy50', 'legacy95', 'modern50', 'modern95']);

const Head = () => {
  const before = columns.slice(
    0,
    columns.findIndex(({ id }) => latencies.has(id)),
  );
  const after = columns.slice(columns.findLastIndex(({ id }) => latencies.has(id)) + 1);
  return (
    <thead>
      <tr>
        <Heading column={nameColumn} span={2} />
        {before.map((column) => (
          <Heading key={column.id} column={column} span={2} />
        ))}
        <th scope="colgroup" colSpan={2} class="group legacy">
          Legacy
        </th>
        <th scope="colgroup" colSpan={2} class="group modern">
          Modern
        </th>
        {after.map((column) => (
          <Heading key={column.id} column={column} span={2} />
        ))}
      </tr>
      <tr>
        {columns
          .filter(({ id }) => latencies.has(id))
          .map((column) => (
            <Heading key={column.id} column={column} />
          ))}
      </tr>
    </thead>
  );
};

const nothing = (): string => {
  if (snapshot.value === null) return 'Waiting for the gateway …';
  return filter.value === '' ? 'The table has no operations yet.' : `No operation is named like “${filter.value}”.`;
};

export const Operations = () => (
  <section class="panel operations" aria-label="Operations">
    <Tools />
    <div class="scroll">
      <table>
        <caption>Operations with stage, wanted and measured share of modern, fallbacks and latency</caption>
        <Head />
        <tbody>
          {sorted.value.map((row) => (
            <Line key={row.target} row={row} />
          ))}
          {sorted.value.length === 0 && (
            <tr>
              <td class="nothing" colSpan={columns.length + 1}>
                {nothing()}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  </section>
);
