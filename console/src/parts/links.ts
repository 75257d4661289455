/** One-time links, in words. */
import { date, relative } from '@/format';

const DAY = 86_400_000;

/** When a link ends, to stand after "ends": `in 14 min`, and from a day on `on 28 Nov 2026`. */
export function endWords(expires: string, now: number = Date.now()): string {
  return Date.parse(expires) - now < DAY ? relative(expires, now) : `on ${date(expires)}`;
}

/** Who made a link, or a change: a person by name, and what is no person by other words. */
export function makerWords(maker: string): string {
  if (maker === 'start') return 'Tollgate, at its start';
  return maker === 'operator' ? 'operator’s token' : maker;
}
