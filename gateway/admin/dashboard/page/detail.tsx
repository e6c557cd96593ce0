// The chosen operation: five minutes as a chart, and the facts its calls go by.
import type { ComponentChildren } from 'preact';
import type { OperationRow } from '../../shapes.ts';
import { Chart } from './chart.tsx';
import { figuresOf, selected, series } from './state.ts';
import { dash, percent, rate, share } from './format.ts';

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const Facts = ({ row }: { row: OperationRow }) => {
  const figures = figuresOf(row);
  return (
    <dl class="facts">
      <Fact name="Wanted">{percent(row.weight)}</Fact>
      <Fact name="Decided">{share(figures.decidedModern)}</Fact>
      <Fact name="Answered">{share(figures.answeredModern)}</Fact>
      <Fact name="Effect">{row.effect}</Fact>
      <Fact name="Legacy">{row.legacy ?? dash}</Fact>
      <Fact name="Modern">{row.modern ?? dash}</Fact>
      <Fact name="Falls back on">{row.fallback.length === 0 ? 'nothing' : row.fallback.join(', ')}</Fact>
      {figures.withoutCohort > 0 && (
        <Fact name="Without cohort key">{rate((figures.withoutCohort * 1_000) / figures.ms)}/s</Fact>
      )}
    </dl>
  );
};

const last = (values: readonly number[] | undefined): string => String(values?.at(-1) ?? dash);

const Legend = () => {
  const view = series.value?.view;
  return (
    <ul class="legend" aria-label="Calls in the last full second">
      <li class="legacy">
        <i aria-hidden="true" /> legacy <b>{last(view?.legacy)}</b>
      </li>
      <li class="modern">
        <i aria-hidden="true" /> modern <b>{last(view?.modern)}</b>
      </li>
      <li class="fallbacks">
        <i aria-hidden="true" /> fallbacks <b>{last(view?.fallbacks)}</b>
      </li>
    </ul>
  );
};

export const Detail = () => {
  const row = selected.value;
  if (row === null) return null;
  return (
    <section class="panel detail" aria-label={`Chosen operation ${row.target}`}>
      <div class="tools">
        <h2>
          <span class="route">{row.route}.</span>
          {row.operation}
        </h2>
        <span class="note">calls per second, last 5 min</span>
        <Legend />
      </div>
      <Chart />
      <Facts row={row} />
    </section>
  );
};
