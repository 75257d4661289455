import type { Schemas } from './client';

/** A usage report with a value for every slot, also for those in which no call ended. */
export interface Course {
  /** When each slot begins, in seconds since 1970. */
  times: number[];
  /** What calls of the slot add up to; undefined where there were none. */
  points: (Schemas['UsagePoint'] | undefined)[];
  /** How long a slot is, in seconds. */
  step: number;
}

const STEPS: Record<Schemas['Slot'], number> = { minute: 60, hour: 3_600, day: 86_400 };
/** More slots than any time on offer has; a wider window does not make the page stand still. */
const MOST = 3_000;

/** The slots of a report, without gaps. */
export function courseOf(report: Schemas['UsageReport']): Course {
  const step = STEPS[report.slot];
  const until = Date.parse(report.until) / 1000;
  const found = new Map(report.points.map((point) => [Date.parse(point.at) / 1000, point]));
  const first = Math.floor(Date.parse(report.since) / 1000 / step) * step;
  const begin = Math.max(first, Math.floor(until / step) * step - MOST * step);
  const times: number[] = [];
  for (let at = begin; at < until; at += step) times.push(at);
  return { times, points: times.map((at) => found.get(at)), step };
}
