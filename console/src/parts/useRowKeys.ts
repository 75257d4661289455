import { type RefObject, useEffect, useEffectEvent } from 'react';

/** Whether keys mean letters where the focus is. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Lets j and k go through the rows of a table and Enter open the one that has the focus. */
export function useRowKeys<T>(table: {
  body: RefObject<HTMLTableSectionElement | null>;
  rows: T[] | undefined;
  rowKey: (row: T) => string;
  opened: string | undefined;
  open: (row: T) => void;
  off: boolean;
}): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const { rows, rowKey, opened, body } = table;
    if (table.off || !rows || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
      return;
    const focused = document.activeElement?.closest<HTMLElement>('tr[data-key]');
    const here = focused && body.current?.contains(focused) ? focused.dataset.key : opened;
    const at = rows.findIndex((row) => rowKey(row) === here);

    if (event.key === 'Enter' && focused && event.target === focused && rows[at]) {
      event.preventDefault();
      table.open(rows[at]);
    }
    // A dialog that is not the drawer of a row has nothing to do with the rows behind it.
    if (!opened && document.querySelector('[role="dialog"]')) return;
    if (event.key !== 'j' && event.key !== 'k') return;
    const next = Math.min(Math.max(at + (event.key === 'j' ? 1 : -1), 0), rows.length - 1);
    const row = rows[next];
    if (!row) return;
    if (opened) table.open(row);
    const place = body.current?.querySelector<HTMLElement>(`tr[data-key="${CSS.escape(rowKey(row))}"]`);
    if (opened) place?.scrollIntoView({ block: 'nearest' });
    else place?.focus();
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
