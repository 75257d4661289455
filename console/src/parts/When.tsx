import { useSyncExternalStore } from 'react';
import { dateTime, relative } from '@/format';
import classes from './values.module.css';

const STEP = 10_000;
const watchers = new Set<() => void>();
let now = Date.now();
let timer: number | undefined;

/** One clock for all times on the page. */
function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  if (timer === undefined) {
    // While nobody watched, the clock stood still.
    now = Date.now();
    timer = window.setInterval(() => {
      now = Date.now();
      for (const each of watchers) each();
    }, STEP);
  }
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

/** A point in time given as RFC 3339: how long ago, or with `absolute` day and time; in full in the title. */
export function When({ at, absolute }: { at: string; absolute?: boolean }) {
  const present = useSyncExternalStore(watch, () => now);
  const moment = Date.parse(at);
  // What came since the clock last went on is of now, not of the future.
  const fresh = moment > present && moment - present <= 2 * STEP;
  return (
    <time dateTime={at} title={at} className={classes.number}>
      {absolute ? dateTime(at) : relative(at, fresh ? moment : present)}
    </time>
  );
}
