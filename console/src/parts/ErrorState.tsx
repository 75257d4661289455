import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ProblemError, problemFrom } from '@/api/problem';
import classes from './states.module.css';

/** What to do about a problem, where its own words do not say so. */
function advice({ status }: ProblemError): string | undefined {
  if (status === 404) return 'It may have been deleted or renamed; the history tells.';
  if (status === 412) return 'Somebody else changed it meanwhile. Load it anew, then change it again.';
  if (status >= 500) return 'Try again; if it stays, the log of the node says more.';
  return undefined;
}

/** What went wrong: what happened, each fault, what to do, and a way to try again. `compact` for dialogs and forms. */
export function ErrorState(props: { error: unknown; retry?: () => void; compact?: boolean }) {
  const problem = problemFrom(props.error);
  const todo = advice(problem);
  // A fault on its own is what the detail says already.
  const faults = problem.errors.filter(({ detail }) => detail !== problem.detail);
  return (
    <div className={props.compact ? classes.compact : classes.state} role="alert" data-bad>
      {!props.compact && (
        <div className={classes.icon}>
          <IconAlertTriangle size={20} />
        </div>
      )}
      <p className={classes.title}>{problem.title}</p>
      <p className={classes.text}>
        {problem.detail} {todo}
      </p>
      {faults.length > 0 && (
        <ul className={classes.faults}>
          {faults.map((fault) => (
            <li key={`${fault.pointer}${fault.detail}`}>
              {fault.pointer && <code>{fault.pointer.replace(/^#?\/?/, '')}</code>} {fault.detail}
            </li>
          ))}
        </ul>
      )}
      {props.retry && (
        <Button variant="default" size="xs" onClick={props.retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
