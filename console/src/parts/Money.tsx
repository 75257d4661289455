import { format, formatShort } from '@/money';
import classes from './values.module.css';

/**
 * An amount of dollars, in full. `short` rounds it for a tile, with the exact one in the title; `plus` shows the
 * sign of what is more than nothing.
 */
export function Money({ amount, short, plus }: { amount: string | bigint; short?: boolean; plus?: boolean }) {
  const exact = format(amount, { plus });
  return (
    <span className={classes.number} title={short ? exact : undefined}>
      {short ? formatShort(amount) : exact}
    </span>
  );
}
