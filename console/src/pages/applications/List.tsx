import { Button, Group } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useCan } from '@/api/session';
import { count } from '@/format';
import { sum } from '@/money';
import { DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { Money } from '@/parts/Money';
import { PageHeader } from '@/parts/PageHeader';
import { useChangeParams, useParam, useTeam } from '@/search';
import { useAllKeys } from '../budgets/queries';
import { ApplicationForm } from './ApplicationForm';
import classes from './applications.module.css';
import { NewKey } from './NewKey';
import { type Application, useApplications, useDayByApplication } from './queries';

/** All applications with their keys, and what they did in the last day. */
export function List() {
  const team = useTeam();
  const { applications, error, retry } = useApplications();
  const rows = applications?.filter((application) => !team || application.team === team);
  return (
    <>
      <PageHeader
        title="Applications & keys"
        lead="An application is what a team builds. It calls with keys of its own, and its team pays."
        action={rows?.length ? <Actions /> : undefined}
      />
      <Table rows={rows} error={error} retry={retry} />
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

function Table(props: { rows: Application[] | undefined; error: Error | null; retry: () => void }) {
  const keys = useAllKeys();
  const day = useDayByApplication(useTeam());
  const change = useChangeParams();
  const mayCreate = useCan('configuration:change');
  const keysOf = (name: string) => keys.data?.items.filter(({ application }) => application === name) ?? [];
  const groups = props.rows?.map(({ name }) => day.data?.get(name));
  return (
    <DataTable
      {...props}
      label="Applications"
      rowKey={({ name }) => name}
      rowLink={({ name }) => ({ to: '/applications', search: { open: name } })}
      empty={
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
      }
      columns={[
        { key: 'name', title: 'Application', cell: ({ title }) => title },
        {
          key: 'team',
          title: 'Team',
          from: 'sm',
          cell: ({ team }) => <span className={classes.soft}>{team}</span>,
        },
        {
          key: 'keys',
          title: 'Keys',
          align: 'right',
          cell: ({ name }) => keys.data && `${count(keysOf(name).length)}${keys.data.cut ? '+' : ''}`,
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
