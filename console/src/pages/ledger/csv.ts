/** Entries of the ledger as a table for spreadsheets. */
import type { Schemas } from '@/api/client';
import { among } from './running';

const HEAD = ['time', 'transaction', 'kind', 'actor', 'reason', 'account', 'amount_usd'];

/** The lines of the entries, with a head; those on `of`, where it names accounts. Amounts stay as the API wrote them. */
export function entriesCsv(transactions: Schemas['Transaction'][], of: readonly string[] = []): string {
  const lines = transactions.flatMap(({ id, at, kind, actor, reason, entries }) =>
    among(of, entries).map((entry) =>
      [...[at, id, kind, actor, reason, entry.account].map(cell), entry.amount].join(','),
    ),
  );
  return [HEAD.join(','), ...lines, ''].join('\r\n');
}

/** How many lines there are without the head. */
export function entryCount(transactions: Schemas['Transaction'][], of: readonly string[] = []): number {
  return transactions.flatMap(({ entries }) => among(of, entries)).length;
}

/** A cell: quoted where it has to be, and never a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
