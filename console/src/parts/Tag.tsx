import type { ReactNode } from 'react';
import classes from './Tag.module.css';

/** What a state means to whoever watches over it. */
export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'neutral';

/** A word or two about the state of something. `quiet` leaves out the coloured ground, for dense tables. */
export function Tag({
  tone = 'neutral',
  quiet,
  children,
}: {
  tone?: Tone;
  quiet?: boolean;
  children: ReactNode;
}) {
  return (
    <span className={classes.tag} data-tone={tone} data-quiet={quiet}>
      <i className={classes.dot} aria-hidden="true" />
      {children}
    </span>
  );
}
