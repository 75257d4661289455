import { SegmentedControl } from '@mantine/core';
import { DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { Money } from '@/parts/Money';
import { Tag } from '@/parts/Tag';
import { When } from '@/parts/When';
import { useParam } from '@/search';
import classes from './ledger.module.css';
import { useAccounts } from './queries';
import { AccountLabel, accountWords } from './words';

const KINDS = [
  { value: '', label: 'All' },
  { value: 'wallet', label: 'Wallets' },
  { value: 'budget', label: 'Budgets' },
  { value: 'usage', label: 'Usage' },
  { value: 'world', label: 'World' },
];

/** Every account with what is in it. */
export function Accounts() {
  const [kind, setKind] = useParam('kind');
  const table = useAccounts(kind);
  return (
    <>
      <SegmentedControl
        mb="sm"
        size="xs"
        aria-label="Kind of account"
        data={KINDS}
        value={kind ?? ''}
        onChange={(value) => setKind(value || undefined)}
      />
      <DataTable
        {...table}
        label="Accounts"
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({ to: '/ledger', search: { account: id } })}
        empty={
          <EmptyState title="No such account yet">
            An account is opened by the first movement of money on it.
          </EmptyState>
        }
        columns={[
          { key: 'id', title: 'Account', wrap: true, cell: ({ id }) => <AccountLabel id={id} /> },
          {
            key: 'what',
            title: 'What it is',
            from: 'lg',
            wrap: true,
            cell: ({ id }) => <span className={classes.soft}>{accountWords(id)}</span>,
          },
          {
            key: 'closes',
            title: 'Window ends',
            from: 'md',
            cell: ({ closes, closed }) => (closed ? <Tag quiet>closed</Tag> : closes && <When at={closes} />),
          },
          {
            key: 'leased',
            title: 'Set aside',
            align: 'right',
            from: 'sm',
            cell: ({ leased }) => <Money amount={leased} />,
          },
          {
            key: 'balance',
            title: 'Balance',
            align: 'right',
            cell: ({ balance }) => <Money amount={balance} />,
          },
        ]}
      />
    </>
  );
}
