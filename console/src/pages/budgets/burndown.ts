/** The courses of a burn-down chart: what was left, what an even pace leaves, and where the present pace leads. */
import type { Schemas } from '@/api/client';
import { atPerMille, format, formatShort, type Nanos, parse, perMille } from '@/money';
import type { ChartSeries } from '@/parts/TimeChart';
import { outlook } from './projection';

/** What the chart shows, in thousandths of the limit over seconds since 1970. */
export interface Courses {
  times: number[];
  series: ChartSeries[];
}

/** The courses of a budget in its present window. */
export function courses({ budget, points }: Schemas['Burndown']): Courses {
  const limit = parse(budget.limit);
  const [starts, ends] = [seconds(budget.starts), seconds(budget.ends)];
  const spent = new Map(points.map(({ at, spent }) => [seconds(at), parse(spent)]));
  const now = Math.max(starts, ...spent.keys());
  const ahead = future(budget, now);
  const times = [...new Set([starts, ...spent.keys(), ...ahead.keys(), ends])].sort((a, b) => a - b);
  const left = (time: number) => rest(limit, spent.get(time));
  const even = (time: number) => (limit * BigInt(ends - time)) / BigInt(Math.max(ends - starts, 1));
  const course = (label: string, color: ChartSeries['color'], at: (time: number) => Nanos | undefined) => ({
    label,
    color,
    values: times.map((time) => height(at(time), limit)),
  });
  const series: ChartSeries[] = [
    { ...course('Left', '1', left), text: (index) => written(left(times[index] ?? 0), format) },
    {
      ...course('Even pace', '6', even),
      dash: true,
      text: (index) => written(even(times[index] ?? 0), formatShort),
    },
  ];
  if (ahead.size > 0) {
    const at = (time: number) => ahead.get(time);
    series.push({
      ...course('At this pace', 'warn', at),
      dash: true,
      text: (index) => written(at(times[index] ?? 0), formatShort),
    });
  }
  return { times, series };
}

/** How an amount at so many thousandths of the limit is written at the axis. */
export function axisOf(limit: string): (share: number) => string {
  return (share) => formatShort(atPerMille(share, limit));
}

/** What will be left from now on, at the points where the line bends. */
function future(budget: Schemas['BudgetState'], now: number): Map<number, Nanos> {
  const told = outlook(budget, now * 1000);
  const left = rest(parse(budget.limit), parse(budget.spent)) ?? 0n;
  if (told.kind === 'lasts') {
    return new Map([
      [now, left],
      [seconds(budget.ends), parse(budget.limit) - told.spentAtEnd],
    ]);
  }
  if (told.kind === 'runs_out') {
    return new Map([
      [now, left],
      [Math.max(seconds(told.at), now + 1), 0n],
    ]);
  }
  return new Map();
}

function seconds(at: string): number {
  return Math.floor(Date.parse(at) / 1000);
}

function rest(limit: Nanos, spent: Nanos | undefined): Nanos | undefined {
  if (spent === undefined) return undefined;
  return spent > limit ? 0n : limit - spent;
}

function height(amount: Nanos | undefined, limit: Nanos): number | null {
  return amount === undefined ? null : perMille(amount, limit);
}

function written(amount: Nanos | undefined, write: (amount: Nanos) => string): string {
  return amount === undefined ? '–' : write(amount);
}
