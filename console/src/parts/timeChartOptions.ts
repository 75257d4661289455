import uPlot from 'uplot';
import { count, countShort, dateTime } from '@/format';

/** One course: its values at the times of the chart, and how each is written exactly. */
export interface ChartSeries {
  label: string;
  /** Null where nothing is known. Money comes as thousandths of the largest amount; see `perMille`. */
  values: (number | null)[];
  /** A colour of the theme: `--tg-series-…`. */
  color: '1' | '2' | '3' | '4' | '5' | '6' | 'bad' | 'warn';
  /** Drawn as a broken line: what is not measured but expected. */
  dash?: boolean;
  /** The value at an index in words; for money the exact amount. */
  text?: (index: number) => string;
}

interface Chart {
  width: number;
  height: number;
  series: ChartSeries[];
  kind: 'columns' | 'lines';
  axis?: (value: number) => string;
  bubble: HTMLElement;
  onZoom?: (from: number, until: number) => void;
}

const FONT = '11.5px system-ui, sans-serif';
const SHORTEST_DRAG = 6;
const WHOLES = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

/** The values to draw. Columns stand on each other, the first lowest; the highest is drawn first, behind them. */
export function stacked(series: ChartSeries[], kind: Chart['kind']): (number | null)[][] {
  if (kind === 'lines') return series.map(({ values }) => values);
  const sums: number[] = [];
  const layers = series.map(({ values }) =>
    values.map((value, index) => {
      const top = (sums[index] ?? 0) + (value ?? 0);
      sums[index] = top;
      return top;
    }),
  );
  return layers.reverse();
}

/** The indices of values between two that are not known: no line leads to them. */
export function isolated(values: (number | null)[]): number[] {
  const known = (index: number) => typeof values[index] === 'number';
  return [...values.keys()].filter((index) => known(index) && !known(index - 1) && !known(index + 1));
}

/** How uPlot draws a chart: in the colours of the theme as they are now. */
export function optionsOf(chart: Chart): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--tg-${name}`).trim();
  const write = chart.axis ?? countShort;
  const bars = uPlot.paths.bars?.({ size: [0.72, 28], radius: 0.12 });
  const course = (item: ChartSeries): uPlot.Series => ({
    stroke: chart.kind === 'lines' ? color(`series-${item.color}`) : undefined,
    fill: chart.kind === 'columns' ? color(`series-${item.color}`) : undefined,
    width: chart.kind === 'lines' ? 1.75 : 0,
    dash: item.dash ? [5, 5] : undefined,
    paths: chart.kind === 'columns' ? bars : undefined,
    points: {
      show: chart.kind === 'lines',
      size: 4,
      fill: color(`series-${item.color}`),
      filter: () => isolated(item.values),
    },
  });
  return {
    width: chart.width,
    height: chart.height,
    padding: [8, 24, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: chart.kind === 'lines' },
      drag: { x: Boolean(chart.onZoom), y: false, setScale: false },
    },
    scales: {
      x: chart.kind === 'columns' ? { range: roomForColumns } : {},
      y: { range: (_, __, max) => [0, Math.max(max * 1.08, 1)] },
    },
    series: [{}, ...(chart.kind === 'columns' ? [...chart.series].reverse() : chart.series).map(course)],

    axes: [
      {
        font: FONT,
        stroke: color('soft'),
        grid: { show: false },
        ticks: { show: false },
        gap: 6,
        size: 24,
        space: 72,
        values: timesOfAxis,
      },
      {
        font: FONT,
        stroke: color('soft'),
        grid: { stroke: color('line'), width: 1 },
        ticks: { show: false },
        gap: 8,
        size: (_, values) => 18 + 6.6 * Math.max(...(values ?? ['']).map((value) => value.length)),
        space: 36,
        // What is counted has no halves.
        incrs: chart.axis ? undefined : WHOLES,
        values: (_, marks) => marks.map(write),
      },
    ],
    hooks: {
      setCursor: [(plot) => point(plot, chart)],
      setSelect: [(plot) => select(plot, chart)],
    },
  };
}

/** The first and the last column in full, too. */
function roomForColumns(plot: uPlot, from: number, until: number): [number, number] {
  const times = plot.data[0];
  const half = ((times[1] ?? 60) - (times[0] ?? 0)) / 2;
  return [from - half, until + half];
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** Times where the marks are less than a day apart, days elsewhere and at midnight. */
function timesOfAxis(_: uPlot, marks: number[]): string[] {
  return marks.map((seconds) => {
    const moment = new Date(seconds * 1000);
    const midnight = moment.getHours() === 0 && moment.getMinutes() === 0;
    return (midnight ? day : clock).format(moment);
  });
}

/** Shows beside the cursor what stands there. */
function point(plot: uPlot, { bubble, series }: Chart) {
  const index = plot.cursor.idx;
  const time = index === null || index === undefined ? undefined : plot.data[0][index];
  bubble.hidden = time === undefined || (plot.cursor.left ?? -1) < 0;
  if (bubble.hidden || time === undefined || typeof index !== 'number') return;
  const head = document.createElement('b');
  head.textContent = dateTime(new Date(time * 1000).toISOString());
  const lines = series.map(({ label, values, text, color }) => {
    const [line, dot, name, value] = ['div', 'i', 'span', 'span'].map((tag) => document.createElement(tag));
    if (!line || !dot || !name || !value) return '';
    dot.style.background = `var(--tg-series-${color})`;
    name.textContent = label;
    const number = values[index];
    value.textContent = text?.(index) ?? (typeof number === 'number' ? count(number) : '–');
    line.append(dot, name, value);
    return line;
  });
  bubble.replaceChildren(head, ...lines);
  const x = plot.bbox.left / devicePixelRatio + (plot.cursor.left ?? 0);
  const right = x + bubble.offsetWidth + 24 > plot.width;
  bubble.style.transform = `translateX(${right ? x - bubble.offsetWidth - 14 : x + 14}px)`;
}

/** Hands on what was marked, and takes the mark away. */
function select(plot: uPlot, { onZoom }: Chart) {
  const { left, width } = plot.select;
  if (width < SHORTEST_DRAG) return;
  onZoom?.(Math.floor(plot.posToVal(left, 'x')), Math.ceil(plot.posToVal(left + width, 'x')));
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}
