import { Skeleton } from '@mantine/core';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './StatTile.module.css';

/** One number that matters: its name, its value (undefined while it is on its way), what it is to be read with. */
export function StatTile(props: {
  label: string;
  value: ReactNode;
  /** Below the value: "of $250.00 this month". */
  hint?: ReactNode;
  /** Beside the value: a sparkline. */
  chart?: ReactNode;
  /** Where more is to be seen. */
  link?: LinkProps;
}) {
  return (
    <div className={classes.tile} data-link={props.link ? true : undefined}>
      <div className={classes.label}>
        {props.link ? (
          <Link {...props.link} className={classes.link}>
            {props.label}
          </Link>
        ) : (
          props.label
        )}
      </div>
      <div className={classes.row}>
        <div className={classes.value}>{props.value ?? <Skeleton height={22} width={84} my={5} />}</div>
        {props.chart}
      </div>
      {props.hint !== undefined && <div className={classes.hint}>{props.hint}</div>}
    </div>
  );
}

/** Tiles side by side, as many as fit; six of them in rows of six, three or two, none of which is left short. */
export function StatTiles({ children, columns }: { children: ReactNode; columns?: 6 }) {
  return (
    <div className={classes.tiles} data-columns={columns}>
      {children}
    </div>
  );
}
