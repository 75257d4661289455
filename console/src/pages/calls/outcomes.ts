import type { Course } from '@/api/slots';
import { duration } from '@/format';
import type { ChartSeries } from '@/parts/TimeChart';

/** Calls slot by slot, as they ended: what was served, refused and failed. */
export function outcomes({ points }: Course): ChartSeries[] {
  return [
    {
      label: 'Served',
      color: '1',
      values: points.map((point) => (point ? point.calls - point.refused - point.errors : 0)),
    },
    { label: 'Refused', color: 'warn', values: points.map((point) => point?.refused ?? 0) },
    { label: 'Failed', color: 'bad', values: points.map((point) => point?.errors ?? 0) },
  ];
}

/** How long calls took, slot by slot: half of them, and 99 of 100. */
export function latencies({ points }: Course): ChartSeries[] {
  const series = (label: string, color: ChartSeries['color'], of: 'p50' | 'p99'): ChartSeries => ({
    label,
    color,
    values: points.map((point) => point?.[of] ?? null),
    text: (index) => {
      const micros = points[index]?.[of];
      return typeof micros === 'number' ? duration(micros) : '–';
    },
  });
  return [series('Half within (p50)', '1', 'p50'), series('99 of 100 within (p99)', '3', 'p99')];
}
