import { useComputedColorScheme, VisuallyHidden } from '@mantine/core';
import { useEffect, useEffectEvent, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { dateTime } from '@/format';
import classes from './TimeChart.module.css';
import { type ChartSeries, optionsOf, stacked } from './timeChartOptions';

export type { ChartSeries } from './timeChartOptions';

/** A course over time. Drag marks a span for `onZoom`; whoever does not see it gets the same data as a table. */
export function TimeChart(props: {
  /** What it shows, in words: "Calls per minute". */
  label: string;
  /** Seconds since 1970, rising. */
  times: number[];
  series: ChartSeries[];
  /** How the numbers at the axis are written. */
  axis?: (value: number) => string;
  /** Columns on top of each other, or lines. */
  kind?: 'columns' | 'lines';
  height?: number;
  /** Gets the span that was marked, in seconds since 1970. */
  onZoom?: (from: number, until: number) => void;
}) {
  const { label, times, series, kind = 'columns', height = 200, axis } = props;
  const place = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  const zoom = useEffectEvent((from: number, until: number) => props.onZoom?.(from, until));
  const canZoom = Boolean(props.onZoom);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the colours that are read
  useEffect(() => {
    const [element, bubble] = [place.current, tip.current];
    if (!element || !bubble) return;
    const options = optionsOf({
      width: element.clientWidth,
      height,
      series,
      kind,
      axis,
      bubble,
      onZoom: canZoom ? zoom : undefined,
    });
    const plot = new uPlot(options, [times, ...stacked(series, kind)], element);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [times, series, kind, height, axis, scheme, canZoom]);

  return (
    <figure className={classes.figure} aria-label={label}>
      {series.length > 1 && (
        <figcaption className={classes.legend}>
          {series.map(({ label: name, color }) => (
            <span key={name} className={classes.entry}>
              <i style={{ background: `var(--tg-series-${color})` }} />
              {name}
            </span>
          ))}
        </figcaption>
      )}
      <div ref={place} className={classes.plot} style={{ height }} aria-hidden="true">
        <div ref={tip} className={classes.tip} hidden />
      </div>
      <VisuallyHidden>
        <table>
          <caption>{label}</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {series.map(({ label: name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((seconds, index) => (
              <tr key={seconds}>
                <th scope="row">{dateTime(new Date(seconds * 1000).toISOString())}</th>
                {series.map(({ label: name, values, text }) => (
                  <td key={name}>{text?.(index) ?? values[index]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </figure>
  );
}
