/** Several lists of transactions as one. */
import type { Schemas } from '@/api/client';

type Transaction = Schemas['Transaction'];

/** A page of transactions, newest first; the cursor is a place in time, the same for every list. */
export interface Page {
  items: Transaction[];
  next?: string | null;
}

/** Pages that begin at the same place as one page, each transaction once; it ends where the first of them ends. */
export function merged(pages: Page[]): Page {
  const all = new Map(
    pages.flatMap(({ items }) => items).map((transaction) => [transaction.id, transaction]),
  );
  const items = [...all.values()].sort(newestFirst);
  const [end] = pages.flatMap(endOf).sort((one, other) => newestFirst(one.last, other.last));
  // Beyond its end, what others have may not be all that there is.
  return end
    ? { items: items.filter((each) => newestFirst(each, end.last) <= 0), next: end.next }
    : { items };
}

function endOf({ items, next }: Page): { last: Transaction; next: string }[] {
  const last = items.at(-1);
  return last && next ? [{ last, next }] : [];
}

function newestFirst(one: Transaction, other: Transaction): number {
  const [a, b] = [momentOf(one), momentOf(other)];
  if (a !== b) return a < b ? 1 : -1;
  return one.id < other.id ? 1 : one.id > other.id ? -1 : 0;
}

/** The time in a form whose order is that of time: the API leaves out zeros at the end of a fraction. */
function momentOf({ at }: Transaction): string {
  return at.replace(/(?:\.(\d+))?Z$/, (_, fraction = '') => `.${fraction.padEnd(9, '0')}`);
}
