import type { ReactNode } from 'react';
import classes from './Panel.module.css';

/** A part of a page with a heading of its own, framed. `flush` for tables and charts that go to the edge. */
export function Panel(props: {
  title?: ReactNode;
  /** Beside the title: a link, a choice. */
  aside?: ReactNode;
  flush?: boolean;
  children: ReactNode;
}) {
  return (
    <section className={classes.panel}>
      {(props.title || props.aside) && (
        <div className={classes.head}>
          {props.title && <h2 className={classes.title}>{props.title}</h2>}
          {props.aside && <div className={classes.aside}>{props.aside}</div>}
        </div>
      )}
      <div className={props.flush ? classes.flush : classes.body}>{props.children}</div>
    </section>
  );
}
