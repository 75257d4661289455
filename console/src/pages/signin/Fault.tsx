import { ProblemError } from '@/api/problem';
import { ErrorState } from '@/parts/ErrorState';
import classes from './signin.module.css';

/** What went wrong when somebody tried to come in. What is told at a field already is not told again. */
export function Fault({ error, wait }: { error: Error | null; wait: number }) {
  if (!error || (error instanceof ProblemError && error.errors.length > 0)) return null;
  const ours = error instanceof ProblemError && (error.status === 401 || error.status === 429);
  if (!ours) return <ErrorState error={error} compact />;
  if (error.status === 429 && wait === 0) return <p className={classes.lead}>You can try again now.</p>;
  return (
    <p className={classes.fault} role="alert">
      {error.status === 429 ? 'There were too many attempts. Wait a little, then try again.' : error.detail}
    </p>
  );
}

/** What a button says that may not be pressed for so many seconds. */
export function waitWords(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), String(seconds % 60).padStart(2, '0')];
  return minutes > 0 ? `Wait ${minutes}:${rest}` : `Wait ${seconds} s`;
}
