import { SegmentedControl } from '@mantine/core';
import { sum } from '@/money';
import { DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { ErrorState } from '@/parts/ErrorState';
import { Lines } from '@/parts/Loading';
import { Money } from '@/parts/Money';
import { Tag } from '@/parts/Tag';
import { When } from '@/parts/When';
import { useParam, useTeam } from '@/search';
import classes from './ledger.module.css';
import { useAccounts } from './queries';
import { useTeamAccounts } from './useTeamAccounts';
import { AccountLabel, accountWords } from './words';

const KINDS = [
  { value: '', label: 'All' },
  { value: 'wallet', label: 'Wallets' },
  { value: 'budget', label: 'Budgets' },
  { value: 'usage', label: 'Usage' },
];
const WORLD = { value: 'world', label: 'World' };

/** Every account with what is in it; of the team of the scope bar its own. */
export function Accounts() {
  const team = useTeam();
  const [kind, setKind] = useParam('kind');
  return (
    <>
      <SegmentedControl
        mb="sm"
        size="xs"
        aria-label="Kind of account"
        data={team ? KINDS : [...KINDS, WORLD]}
        value={kind ?? ''}
        onChange={(value) => setKind(value || undefined)}
      />
      {team ? <OfTeam key={team} team={team} kind={kind} /> : <Table kind={kind} />}
    </>
  );
}

function OfTeam({ team, kind }: { team: string; kind: string | undefined }) {
  const { ids, error, retry } = useTeamAccounts(team);
  if (error && !ids) return <ErrorState error={error} retry={retry} />;
  if (!ids) return <Lines count={5} />;
  return <Table kind={kind} ids={kind ? ids.filter((id) => id.startsWith(`${kind}/`)) : ids} />;
}

function Table({ kind, ids }: { kind: string | undefined; ids?: readonly string[] }) {
  const table = useAccounts(kind, ids);
  const whole = !ids && !kind && table.rows && table.rows.length > 0 && !table.more.has;
  return (
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
          cell: ({ id, leased }) => /^(wallet|budget)\//.test(id) && <Money amount={leased} />,
        },
        {
          key: 'balance',
          title: 'Balance',
          align: 'right',
          cell: ({ balance }) => <Money amount={balance} />,
        },
      ]}
      foot={whole && <Together balances={table.rows?.map(({ balance }) => balance) ?? []} />}
    />
  );
}

/** The sum of all accounts, which is zero: what is in one has left another. */
function Together({ balances }: { balances: string[] }) {
  return (
    <tr>
      <td>Together</td>
      <td data-from="lg">
        <span className={classes.beside}>Always zero: what is in one account has left another</span>
      </td>
      <td data-from="md" />
      <td data-from="sm" />
      <td data-align="right">
        <Money amount={sum(balances)} />
      </td>
    </tr>
  );
}
