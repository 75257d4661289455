import { count, duration } from '@/format';
import classes from './values.module.css';

/** A duration of so many microseconds, such as `412 ms`; the exact one in the title. */
export function Duration({ micros }: { micros: number }) {
  return (
    <span className={classes.number} title={`${count(micros)} µs`}>
      {duration(micros)}
    </span>
  );
}
