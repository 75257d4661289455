/** The calls that ended since the list was loaded. Pure: what there is, and what becomes of it. */
import type { Schemas } from '@/api/client';

type Summary = Schemas['CallSummary'];

/** The calls of one event, with its number. */
interface Batch {
  nth: number;
  calls: Summary[];
}

export interface Tail {
  /** In the list, the newest event first. */
  shown: Batch[];
  /** Held back, likewise. */
  waiting: Batch[];
  /** How many are held back, also where there are too many to be kept. */
  held: number;
  /** How many ended too fast to be told one by one. */
  missed: number;
  /** The number of the last event. */
  nth: number;
}

/** Calls that a tail keeps at most; beyond them the list has to be loaded afresh. */
export const LONGEST_TAIL = 200;

export const NO_TAIL: Tail = { shown: [], waiting: [], held: 0, missed: 0, nth: 0 };

/** The tail after an event: its calls are shown, or held back. */
export function arrived(tail: Tail, calls: Summary[], missed: number, hold: boolean): Tail {
  const nth = tail.nth + 1;
  const next = { ...tail, nth, missed: tail.missed + missed };
  if (calls.length === 0) return next;
  const batch = { nth, calls };
  if (hold) return { ...next, waiting: kept([batch, ...tail.waiting]), held: tail.held + calls.length };
  return { ...next, shown: kept([batch, ...tail.shown]) };
}

/** The tail with what was held back in the list. */
export function released(tail: Tail): Tail {
  return { ...tail, shown: kept([...tail.waiting, ...tail.shown]), waiting: [], held: 0 };
}

/** The tail after the list was loaded afresh, by a question asked after the event of this number. */
export function restarted(tail: Tail, nth: number): Tail {
  const since = (batches: Batch[]) => batches.filter((batch) => batch.nth > nth);
  const waiting = since(tail.waiting);
  return { ...tail, shown: since(tail.shown), waiting, held: sizeOf(waiting), missed: 0 };
}

/** How many calls there are in some events. */
export function sizeOf(batches: Batch[]): number {
  return batches.reduce((sum, { calls }) => sum + calls.length, 0);
}

/** The newest events, as many as a tail keeps. */
function kept(batches: Batch[]): Batch[] {
  let left = LONGEST_TAIL;
  return batches.flatMap(({ nth, calls }) => {
    const fits = calls.slice(0, Math.max(left, 0));
    left -= calls.length;
    return fits.length > 0 ? [{ nth, calls: fits }] : [];
  });
}
