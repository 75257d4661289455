import { IconPlus } from '@tabler/icons-react';
import { useCan } from '@/api/session';
import { useLiveSums } from '@/api/usage';
import { count } from '@/format';
import { type Column, DataTable } from '@/parts/DataTable';
import { LinkButton } from '@/parts/LinkButton';
import { PageHeader } from '@/parts/PageHeader';
import { useParam } from '@/search';
import { ConditionTag } from './ConditionTag';
import { ProviderDrawer } from './ProviderDrawer';
import classes from './providers.module.css';
import { useRows } from './queries';
import { answeredOf, type Row } from './rows';

const columns: Column<Row>[] = [
  {
    key: 'name',
    title: 'Provider',
    cell: ({ name, title }) => (
      <>
        {name}
        {title.toLowerCase() !== name.toLowerCase() && <span className={classes.title}>{title}</span>}
      </>
    ),
  },
  { key: 'condition', title: 'State', cell: (row) => <ConditionTag row={row} /> },
  {
    key: 'dialect',
    title: 'Dialect',
    from: 'md',
    cell: ({ dialect }) => <span className={classes.soft}>{dialect}</span>,
  },
  {
    key: 'address',
    title: 'Address',
    from: 'lg',
    cell: ({ address }) => (
      <span className={classes.soft}>{address?.replace(/^https:\/\//, '') ?? 'in this process'}</span>
    ),
  },
  {
    key: 'answered',
    title: 'Answered, 24 h',
    align: 'right',
    from: 'sm',
    cell: ({ usage }) => <span className={classes.figure}>{usage ? count(answeredOf(usage)) : '–'}</span>,
  },
  {
    key: 'errors',
    title: 'Failed',
    align: 'right',
    from: 'sm',
    cell: ({ usage }) => (
      <span className={classes.figure} data-bad={usage && usage.errors > 0 ? true : undefined}>
        {usage ? count(usage.errors) : '–'}
      </span>
    ),
  },
];

/** The providers that are connected, and how they are. */
export function List() {
  const [open] = useParam('open');
  const { rows, error, retry } = useRows();
  const mayChange = useCan('configuration:change');
  useLiveSums();
  return (
    <>
      <PageHeader
        title="Providers"
        lead="The upstreams that serve models, the keys they are called with, and how those are."
        action={
          mayChange && (
            <LinkButton to="/providers" search={{ open: 'new' }} leftSection={<IconPlus size={15} />}>
              Connect a provider
            </LinkButton>
          )
        }
      />
      <DataTable
        label="Providers"
        columns={columns}
        rows={rows}
        rowKey={({ name }) => name}
        rowLink={({ name }) => ({ to: '.', search: (before: object) => ({ ...before, open: name }) })}
        opened={open}
        error={error}
        retry={retry}
      />
      {rows?.length === 1 && mayChange && <OnlySandbox />}
      <ProviderDrawer name={open} rows={rows} />
    </>
  );
}

function OnlySandbox() {
  return (
    <p className={classes.only}>
      So far there is only the sandbox, which is built in and always answers. Connect a provider with an API
      key, or start Tollgate with its variable set, such as <code>OPENAI_API_KEY</code>.
    </p>
  );
}
