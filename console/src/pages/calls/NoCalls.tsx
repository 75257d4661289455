import { Button, Group } from '@mantine/core';
import { IconActivity, IconFilterOff } from '@tabler/icons-react';
import { curlOf } from '@/api/gateway';
import { useStatus } from '@/api/queries';
import { useCan } from '@/api/session';
import { EmptyState } from '@/parts/EmptyState';
import { LinkButton } from '@/parts/LinkButton';
import { rangeWords } from '@/parts/RangePicker';
import { useChangeParams } from '@/search';
import { type CallFilter, CLEARED, NARROWING } from './filter';

const WIDEST = '30d';

/** What stands where no call is: none matches, or none was made. */
export function NoCalls({ filter }: { filter: CallFilter }) {
  const change = useChangeParams();
  const status = useStatus();
  const canTry = useCan('models:try');
  const time = rangeWords(filter.since ?? '') ?? 'this time';
  const wider = filter.since !== WIDEST && (
    <Button variant="default" onClick={() => change({ since: WIDEST, until: undefined })}>
      Look at {rangeWords(WIDEST)}
    </Button>
  );

  if (NARROWING.some((param) => filter[param] !== undefined)) {
    return (
      <EmptyState
        icon={<IconFilterOff size={20} />}
        title="No call matches"
        action={
          <Group gap="xs" justify="center">
            <Button onClick={() => change(CLEARED)}>Clear the filters</Button>
            {wider}
          </Group>
        }
      >
        There may be calls in {time}, but none that all of these filters let through.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconActivity size={20} />}
      title={`No calls in ${time}`}
      command={curlOf(status.data?.gateway)}
      action={
        <Group gap="xs" justify="center">
          {canTry && <LinkButton to="/playground">Try it in the playground</LinkButton>}
          {wider}
        </Group>
      }
    >
      Make one, and it appears here the moment it ends: with what it cost, or why it was refused.
    </EmptyState>
  );
}
