// Five minutes of calls by who answered, fallbacks, and a line where the weight was changed.
import { useEffect, useRef } from 'preact/hooks';
import { effect } from '@preact/signals';
import uPlot from 'uplot';
import { events, selected, series } from './state.ts';
import { points } from './format.ts';

const seconds = 300;

/** A canvas knows neither custom properties nor light-dark(): the style engine must say what a colour comes to. */
const color = (name: string): string => {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
};

interface Flipped {
  /** Seconds since 1970, as the chart counts. */
  readonly at: number;
  readonly label: string;
}

const flips = (): Flipped[] => {
  const target = selected.peek()?.target;
  return events.peek().flatMap((event) => {
    if (event.type !== 'table-swapped' || event.source === 'start') return [];
    const change = event.changes.find(({ route, operation }) => `${route}.${operation}` === target);
    return change === undefined ? [] : [{ at: event.at / 1_000, label: points(change.after) }];
  });
};

const drawFlips = (plot: uPlot, stroke: string): void => {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = stroke;
  ctx.lineWidth = ratio;
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = 'top';
  for (const { at, label } of flips()) {
    const x = plot.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.textAlign = x > bbox.left + bbox.width - 50 * ratio ? 'right' : 'left';
    ctx.fillText(label, x + (ctx.textAlign === 'left' ? 4 : -4) * ratio, bbox.top + ratio);
  }
  ctx.restore();
};

const sizeOf = (element: HTMLElement): { width: number; height: number } => ({
  width: element.clientWidth,
  height: element.clientHeight,
});

const options = (element: HTMLElement): uPlot.Options => {
  const soft = color('--text-soft');
  const axis = {
    stroke: soft,
    font: '11px system-ui, sans-serif',
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  const line = (name: string, more: Partial<uPlot.Series> = {}): uPlot.Series => ({
    stroke: color(`--${name}`),
    fill: color(`--${name}-fill`),
    width: 1.6,
    points: { show: false },
    ...more,
  });
  return {
    ...sizeOf(element),
    legend: { show: false },
    cursor: { show: false },
    padding: [10, 8, 0, 0],
    scales: {
      x: { time: true, range: (_, __, max) => [max - seconds, max] },
      y: { range: (_, __, max) => [0, Math.max(4, max * 1.15)] },
    },
    axes: [
      {
        ...axis,
        values: (_, splits) => splits.map((at) => new Date(at * 1_000).toLocaleTimeString('en-GB').slice(0, 5)),
        incrs: [60],
        size: 26,
      },
      { ...axis, size: 38, incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000], space: 36 },
    ],
    series: [{}, line('legacy'), line('modern'), line('fallbacks', { width: 2, dash: [5, 3] })],
    hooks: { draw: [(plot) => drawFlips(plot, soft)] },
  };
};

const data = (): uPlot.AlignedData => {
  const view = series.value?.view;
  const at = view?.at ?? [];
  return [
    at.map((ms) => ms / 1_000),
    [...(view?.legacy ?? [])],
    [...(view?.modern ?? [])],
    [...(view?.fallbacks ?? [])],
  ];
};

/** Draws into `element` until the function it answers is called. */
const draw = (element: HTMLElement): (() => void) => {
  let plot = new uPlot(options(element), data(), element);
  const drawn = effect(() => plot.setData(data()));
  const sized = new ResizeObserver(() => plot.setSize(sizeOf(element)));
  sized.observe(element);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const recolor = (): void => {
    plot.destroy();
    plot = new uPlot(options(element), data(), element);
  };
  scheme.addEventListener('change', recolor);
  return () => {
    drawn();
    sized.disconnect();
    scheme.removeEventListener('change', recolor);
    plot.destroy();
  };
};

export const Chart = () => {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => (host.current === null ? undefined : draw(host.current)), []);
  return (
    <div class="chart" role="img" aria-label="Calls per second by side, and fallbacks, last five minutes">
      <div ref={host} />
    </div>
  );
};
