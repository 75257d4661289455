import { Fragment, type ReactNode } from 'react';
import classes from './Facts.module.css';

/** Names and values below each other: `[['Team', 'web'], …]`. What is undefined is left out. */
export function Facts({ facts }: { facts: [string, ReactNode | undefined][] }) {
  return (
    <dl className={classes.facts}>
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== '')
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}
