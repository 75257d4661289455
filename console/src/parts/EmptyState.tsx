import type { ReactNode } from 'react';
import { CodeBlock } from './CodeBlock';
import classes from './states.module.css';

/** What stands where nothing is yet: what would be here, and the one command or action that brings it. */
export function EmptyState(props: {
  icon?: ReactNode;
  title: string;
  /** One sentence. */
  children?: ReactNode;
  /** A command that can be run as it stands. */
  command?: string;
  /** A button or link, instead of the command or beside it. */
  action?: ReactNode;
}) {
  return (
    <div className={classes.state}>
      {props.icon && <div className={classes.icon}>{props.icon}</div>}
      <h2 className={classes.title}>{props.title}</h2>
      {props.children && <p className={classes.text}>{props.children}</p>}
      {props.command && (
        <div className={classes.command}>
          <CodeBlock code={props.command} />
        </div>
      )}
      {props.action}
    </div>
  );
}
