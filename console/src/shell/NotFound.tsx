import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '@/parts/EmptyState';
import { PageHeader } from '@/parts/PageHeader';

/** What stands where no page is. */
export function NotFound() {
  return (
    <>
      <PageHeader title="Not found" />
      <EmptyState
        icon={<IconMapOff size={20} />}
        title="There is no page at this address"
        action={
          <Button component={Link} to="/" variant="default" size="xs">
            To the overview
          </Button>
        }
      >
        A link may be old or cut short. The search finds pages, names and ids of calls.
      </EmptyState>
    </>
  );
}
