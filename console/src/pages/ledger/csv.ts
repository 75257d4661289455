/** Entries of the ledger as a table for spreadsheets. */
import type { Schemas } from '@/api/client';

const HEAD = ['time', 'transaction', 'kind', 'actor', 'reason', 'account', 'amount_usd'];

/** The lines of the entries, with a head; with an account only those that touch it. Amounts stay as the API wrote them. */
export function entriesCsv(transactions: Schemas['Transaction'][], account?: string): string {
  const lines = transactions.flatMap(({ id, at, kind, actor, reason, entries }) =>
    entries
      .filter((entry) => account === undefined || entry.account === account)
      .map((entry) => [...[at, id, kind, actor, reason, entry.account].map(cell), entry.amount].join(',')),
  );
  return [HEAD.join(','), ...lines, ''].join('\r\n');
}

/** How many lines there are without the head. */
export function entryCount(transactions: Schemas['Transaction'][], account?: string): number {
  return transactions
    .flatMap(({ entries }) => entries)
    .filter((entry) => account === undefined || entry.account === account).length;
}

/** A cell: quoted where it has to be, and never a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
