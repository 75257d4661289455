/** Where the spending of a budget leads, if it goes on as it did since the window began. */
import { type Nanos, parse } from '@/money';

/** What of a budget is needed to look ahead. */
export interface Course {
  /** When the window began and ends, as RFC 3339. */
  starts: string;
  ends: string;
  limit: string;
  spent: string;
}

/** `quiet`: nothing is spent; `lasts`: something will be left at the end; `runs_out`: at `at`; `used_up`: nothing is left. */
export type Outlook =
  | { kind: 'quiet' }
  | { kind: 'lasts'; spentAtEnd: Nanos }
  | { kind: 'runs_out'; at: string }
  | { kind: 'used_up' };

/** What becomes of a budget. `now` is in milliseconds since 1970. */
export function outlook(course: Course, now: number): Outlook {
  const [limit, spent] = [parse(course.limit), parse(course.spent)];
  if (spent >= limit) return { kind: 'used_up' };
  const starts = BigInt(Date.parse(course.starts));
  const ends = BigInt(Date.parse(course.ends));
  const passed = BigInt(Math.round(now)) - starts;
  if (spent <= 0n || passed <= 0n) return { kind: 'quiet' };
  const spentAtEnd = (spent * (ends - starts)) / passed;
  if (spentAtEnd <= limit) return { kind: 'lasts', spentAtEnd };
  const at = starts + (limit * passed) / spent;
  return { kind: 'runs_out', at: new Date(Number(at)).toISOString() };
}
