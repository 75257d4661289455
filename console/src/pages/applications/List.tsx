import { Button, Group } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useCan } from '@/api/session';
import { count } from '@/format';
import { sum } from '@/money';
import { finder } from '@/pages/models/find';
import { DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { Money } from '@/parts/Money';
import { PageHeader } from '@/parts/PageHeader';
import { SearchBox } from '@/parts/SearchBox';
import { useChangeParams, useParam, useTeam } from '@/search';
import { useAllKeys } from '../budgets/queries';
import { ApplicationForm } from './ApplicationForm';
import classes from './applications.module.css';
import { NewKey } from './NewKey';
import { type Application, useApplications, useDayByApplication } from './queries';

/** So many applications can be looked through by eye; beyond that they are searched. */
const FEW = 15;

/** All applications with their keys, and what they did in the last day. */
export function List() {
  const team = useTeam();
  const [q] = useParam('q');
  const { applications, cut, error, retry } = useApplications();
  const all = applications?.filter((application) => !team || application.team === team);
  const has = finder(q ?? '');
  const rows = all?.filter(({ name, title }) => has(`${name} ${title}`));
  return (
    <>
      <PageHeader
        title="Applications & keys"
        lead="An application is what a team builds. It calls with keys of its own, and its team pays."
        action={all?.length ? <Actions /> : undefined}
      />
      {(q || (all && all.length > FEW)) && (
        <div className={classes.bar}>
          <SearchBox label="Search applications" />
          {cut && <span className={classes.soft}>Only the first thousand by name; ⌘K finds the others.</span>}
        </div>
      )}
      <Table
        rows={rows?.toSorted((one, other) =>
          one.title.localeCompare(other.title, undefined, { numeric: true }),
        )}
        error={error}
        retry={retry}
        empty={all?.length ? <EmptyState title={`No application has “${q}” in its name`} /> : <None />}
      />
      <Dialogs />
    </>
  );
}

function Actions() {
  const change = useChangeParams();
  const mayCreate = useCan('configuration:change');
  const mayKeys = useCan('keys:manage');
  return (
    <Group gap="xs">
      {mayCreate && (
        <Button variant={mayKeys ? 'default' : 'filled'} onClick={() => change({ new: 'application' })}>
          Create an application
        </Button>
      )}
      {mayKeys && (
        <Button leftSection={<IconPlus size={16} />} onClick={() => change({ new: 'key' })}>
          Create a key
        </Button>
      )}
    </Group>
  );
}

function Dialogs() {
  const [creating] = useParam('new');
  const change = useChangeParams();
  const close = () => change({ new: undefined });
  const mayCreate = useCan('configuration:change');
  const mayKeys = useCan('keys:manage');
  return (
    <>
      {mayCreate && <ApplicationForm opened={creating === 'application'} onClose={close} />}
      {mayKeys && <NewKey opened={creating === 'key'} onClose={close} />}
    </>
  );
}

function None() {
  const change = useChangeParams();
  const mayCreate = useCan('configuration:change');
  return (
    <EmptyState
      icon={<IconKey size={20} />}
      title="No application yet"
      action={
        mayCreate && <Button onClick={() => change({ new: 'application' })}>Create an application</Button>
      }
    >
      An application belongs to a team and holds the keys with which it calls. Its calls, costs and limits
      stand together.
    </EmptyState>
  );
}

function Table(props: {
  rows: Application[] | undefined;
  error: Error | null;
  retry: () => void;
  empty: ReactNode;
}) {
  const keys = useAllKeys();
  const day = useDayByApplication(useTeam());
  const held = new Map<string, number>();
  for (const { application } of keys.data?.items ?? [])
    held.set(application, (held.get(application) ?? 0) + 1);
  const groups = props.rows?.map(({ name }) => day.data?.get(name));
  return (
    <DataTable
      {...props}
      label="Applications"
      rowKey={({ name }) => name}
      rowLink={({ name }) => ({ to: '/applications', search: { open: name } })}
      columns={[
        {
          key: 'name',
          title: 'Application',
          wrap: true,
          cell: ({ name, title }) => (
            <>
              {title} {title !== name && <span className={classes.soft}>{name}</span>}
            </>
          ),
        },
        {
          key: 'team',
          title: 'Team',
          from: 'sm',
          wrap: true,
          cell: ({ team }) => <span className={classes.soft}>{team}</span>,
        },
        {
          key: 'keys',
          title: 'Keys',
          align: 'right',
          cell: ({ name }) => keys.data && `${count(held.get(name) ?? 0)}${keys.data.cut ? '+' : ''}`,
        },
        {
          key: 'calls',
          title: 'Calls, 24 h',
          align: 'right',
          from: 'sm',
          cell: ({ name }) => day.data && count(day.data.get(name)?.calls ?? 0),
        },
        {
          key: 'cost',
          title: 'Cost, 24 h',
          align: 'right',
          cell: ({ name }) => day.data && <Money amount={day.data.get(name)?.cost ?? '0'} />,
        },
      ]}
      foot={
        day.data &&
        groups &&
        groups.length > 1 && (
          <tr>
            <td>Together</td>
            <td data-from="sm" />
            <td />
            <td data-align="right" data-from="sm">
              {count(groups.reduce((calls, group) => calls + (group?.calls ?? 0), 0))}
            </td>
            <td data-align="right">
              <Money amount={sum(groups.map((group) => group?.cost ?? '0'))} />
            </td>
          </tr>
        )
      }
    />
  );
}
