import { Button } from '@mantine/core';
import { IconClockHour4 } from '@tabler/icons-react';
import { problemFrom } from '@/api/problem';
import { EmptyState } from '@/parts/EmptyState';
import { ErrorState } from '@/parts/ErrorState';

const NOT_FOUND = 404;

/** What stands where a call cannot be shown: it may still be under way, or no longer be kept. */
export function MissingCall({ error, retry }: { error: Error; retry: () => void }) {
  if (problemFrom(error).status !== NOT_FOUND) return <ErrorState error={error} retry={retry} />;
  return (
    <EmptyState
      icon={<IconClockHour4 size={20} />}
      title="This call is not here"
      action={
        <Button variant="default" onClick={retry}>
          Look again
        </Button>
      }
    >
      A call is recorded when it has ended; if it is under way, it appears here by itself. Calls are kept for
      a time and then deleted; what they cost stays in the ledger.
    </EmptyState>
  );
}
