import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '@/api/client';
import { useLiveCalls } from '@/api/live';
import { useCan } from '@/api/session';
import { DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { StatusBadge } from '@/parts/StatusBadge';
import { Tag, type Tone } from '@/parts/Tag';
import { When } from '@/parts/When';
import { useChangeParams } from '@/search';
import classes from './applications.module.css';
import { lastCallQuery, useKeys } from './queries';

const TONES: Record<Schemas['KeyState'], Tone> = { active: 'ok', expired: 'warn', revoked: 'neutral' };

/** Whether a key works. */
export function KeyStateTag({ state }: { state: Schemas['KeyState'] }) {
  return (
    <Tag tone={TONES[state]} quiet>
      {state}
    </Tag>
  );
}

/** The keys of an application. */
export function KeyTable({ application, openedKey }: { application: string; openedKey: string | undefined }) {
  const table = useKeys(application);
  const change = useChangeParams();
  const mayCreate = useCan('keys:manage');
  useFreshCalls();
  return (
    <DataTable
      {...table}
      label="Keys"
      rowKey={({ name }) => name}
      rowLink={({ name }) => ({ to: '/applications', search: { open: application, key: name } })}
      opened={openedKey}
      empty={
        <EmptyState
          title="No key yet"
          command={`tollgate key create --application ${application}`}
          action={mayCreate && <Button onClick={() => change({ new: 'key' })}>Create a key</Button>}
        >
          The application calls with a key. It is shown once, when it is made.
        </EmptyState>
      }
      columns={[
        { key: 'name', title: 'Key', wrap: true, cell: ({ name }) => name },
        {
          key: 'hint',
          title: 'Begins with',
          from: 'md',
          cell: ({ hint }) => <code className={classes.hint}>{hint}</code>,
        },
        { key: 'state', title: 'State', cell: ({ state }) => <KeyStateTag state={state} /> },
        {
          key: 'models',
          title: 'Models',
          from: 'lg',
          cell: ({ models }) => (
            <span className={classes.models} title={models.join(', ')}>
              {models.join(', ') || <span className={classes.soft}>all</span>}
            </span>
          ),
        },
        {
          key: 'expires',
          title: 'Expires',
          from: 'sm',
          cell: ({ expires_at }) =>
            expires_at ? <When at={expires_at} /> : <span className={classes.soft}>never</span>,
        },
        {
          key: 'last',
          title: 'Last call',
          align: 'right',
          cell: ({ name }) => <LastCall name={name} brief />,
        },
      ]}
    />
  );
}

/** When a key was last used, and how that ended; `brief` leaves that out where there is little room. */
export function LastCall({ name, brief }: { name: string; brief?: boolean }) {
  const { data } = useQuery(lastCallQuery(name));
  if (data === undefined) return null;
  if (data === null) return <span className={classes.soft}>never</span>;
  return (
    <span className={classes.last}>
      <span className={brief ? classes.roomy : undefined}>
        <StatusBadge status={data.status} ending={data.ending} quiet />
      </span>
      <When at={data.at} />
    </span>
  );
}

/** Lets live calls be the last ones of their keys. */
function useFreshCalls() {
  const queries = useQueryClient();
  useLiveCalls(({ items }) => {
    for (const call of items) {
      if (call.key) queries.setQueryData(lastCallQuery(call.key).queryKey, call);
    }
  });
}
