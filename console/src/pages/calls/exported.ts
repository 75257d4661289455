/** The list of calls as a file. */
import type { Schemas } from '@/api/client';

type Summary = Schemas['CallSummary'];

/** Calls that a file holds at most. */
export const MOST_EXPORTED = 10_000;

const COLUMNS = [
  'id',
  'at',
  'team',
  'application',
  'key',
  'model',
  'provider',
  'status',
  'ending',
  'reason',
  'stream',
  'tokens',
  'cost',
  'first_byte',
  'duration',
] as const satisfies (keyof Summary)[];

/** Comma-separated values with a row of names, as RFC 4180 has them. Durations are microseconds. */
export function toCsv(calls: Summary[]): string {
  const rows = calls.map((call) => COLUMNS.map((column) => cell(call[column])).join(','));
  return [COLUMNS.join(','), ...rows, ''].join('\r\n');
}

/** One JSON object per line, as the API gave it. */
export function toJsonLines(calls: Summary[]): string {
  return calls.map((call) => `${JSON.stringify(call)}\n`).join('');
}

/** What comes from a caller must not be taken for a formula by a spreadsheet. */
function cell(value: string | number | boolean | null | undefined): string {
  const text = String(value ?? '').replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
