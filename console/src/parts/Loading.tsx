import { Skeleton } from '@mantine/core';
import classes from './Loading.module.css';

/** Lines of text that are on their way. */
export function Lines({ count = 3 }: { count?: number }) {
  return (
    <div className={classes.lines} role="status" aria-label="Loading">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all the same
        <Skeleton key={index} height={12} width={`${88 - ((index * 23) % 47)}%`} />
      ))}
    </div>
  );
}

/** A page that is on its way: a heading and a block. */
export function PageSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton height={24} width={190} mb={12} />
      <Skeleton height={12} width={320} maw="70%" mb={32} />
      <Skeleton height={260} radius="lg" />
    </div>
  );
}
