/** How numbers, durations and times are written. Money has `money.ts`. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** A duration of so many microseconds: `640 µs`, `4.1 ms`, `412 ms`, `1.2 s`, `2 min 5 s`, `3 h 12 min`, `4 d 2 h`. */
export function duration(micros: number): string {
  if (micros < 1000) return `${Math.round(micros)} µs`;
  const millis = micros / 1000;
  if (millis < 9.95) return `${millis.toFixed(1)} ms`;
  if (millis < 999.5) return `${Math.round(millis)} ms`;
  const seconds = millis / 1000;
  return seconds < 59.95 ? `${seconds.toFixed(1)} s` : span(Math.round(seconds));
}

/** A span of so many seconds in its two largest units: `45 s`, `2 min 5 s`, `3 h`, `4 d 2 h`. */
export function span(seconds: number): string {
  const units: [number, string][] = [
    [DAY, 'd'],
    [HOUR, 'h'],
    [MINUTE, 'min'],
    [1, 's'],
  ];
  const at = Math.max(
    units.findIndex(([size]) => seconds >= size),
    0,
  );
  const [[size, unit] = [1, 's'], next] = seconds < 1 ? [[1, 's'] as const] : units.slice(at, at + 2);
  const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
  return `${Math.floor(seconds / size)} ${unit}${next && rest ? ` ${rest} ${next[1]}` : ''}`;
}

/** A whole number with separators: `12,408`. */
export function count(value: number): string {
  return whole.format(value);
}

/** A number for little room: `12.4k`, `3.1m`. */
export function countShort(value: number): string {
  return compact.format(value).toLowerCase();
}

/** A noun with its number: `1 key`, `12 keys`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A share, 0 to 1, in per cent: `0 %`, `0.4 %`, `12 %`. Never shows something as nothing. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '< 0.1 %';
  return `${value === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} %`;
}

/** How long ago, or how soon: `now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`, `in 3 d`; the date beyond 30 days. */
export function relative(at: string, now: number = Date.now()): string {
  const seconds = (now - Date.parse(at)) / 1000;
  const size = Math.abs(seconds);
  if (size < 2) return 'now';
  if (size >= 30 * DAY) return date(at);
  const [unit, name] =
    size < MINUTE ? [1, 's'] : size < HOUR ? [MINUTE, 'min'] : size < DAY ? [HOUR, 'h'] : [DAY, 'd'];
  const text = `${Math.floor(size / Number(unit))} ${name}`;
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

/** The day in the zone of whoever looks: `25 Nov 2026`. */
export function date(at: string): string {
  return day.format(new Date(at));
}

/** Day and time in the zone of whoever looks: `25 Nov 2026, 04:23:07`. */
export function dateTime(at: string): string {
  const moment = new Date(at);
  return `${day.format(moment)}, ${clock.format(moment)}`;
}

/** The time of day in the zone of whoever looks: `04:23:07`. */
export function time(at: string): string {
  return clock.format(new Date(at));
}
