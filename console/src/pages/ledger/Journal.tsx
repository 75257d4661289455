import { useTeams } from '@/api/queries';
import { DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { Money } from '@/parts/Money';
import { useParam, useTeam } from '@/search';
import { dayOf } from '../history/days';
import classes from './ledger.module.css';
import { useTransactions } from './queries';
import { amountOf, ownAccounts } from './running';
import { TransactionDrawer } from './TransactionDrawer';
import { AccountLabel, Clock, KindTag, Movement } from './words';

/** How many accounts a row names. */
const SHOWN = 2;

/** The transactions on these accounts, or all, newest first; the entries of each stand in its drawer. */
export function Journal({ of }: { of: readonly string[] }) {
  const table = useTransactions(of);
  const [open] = useParam('transaction');
  return (
    <>
      <DataTable
        {...table}
        label="Transactions"
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({ to: '.', search: (before: object) => ({ ...before, transaction: id }) })}
        groupOf={({ at }) => dayOf(at)}
        opened={open}
        empty={<Nothing />}
        columns={[
          { key: 'at', title: 'Time', width: 92, cell: ({ at }) => <Clock at={at} /> },
          {
            key: 'what',
            title: 'What',
            wrap: true,
            cell: ({ kind, reason }) => (
              <span className={classes.what}>
                <KindTag kind={kind} />
                <span>{reason}</span>
              </span>
            ),
          },
          {
            key: 'accounts',
            title: 'Accounts',
            wrap: true,
            from: 'sm',
            cell: (transaction) => <Accounts ids={ownAccounts(transaction, of)} />,
          },
          {
            key: 'amount',
            title: 'Amount',
            align: 'right',
            cell: (transaction) =>
              transaction.kind === 'settlement' ? (
                <Money amount={amountOf(transaction, of)} />
              ) : (
                <Movement amount={amountOf(transaction, of)} />
              ),
          },
        ]}
      />
      <TransactionDrawer transactions={table.rows} more={table.more} />
    </>
  );
}

function Nothing() {
  const teams = useTeams();
  const team = useTeam() ?? teams.data?.items[0]?.name ?? 'TEAM';
  return (
    <EmptyState
      title="Nothing has moved yet"
      command={`tollgate wallet credit ${team} 25.00 --reason "first top-up"`}
    >
      Every credit, every budget that opens and every call that costs something stands here.
    </EmptyState>
  );
}

/** The first of some accounts; the rest stays for the drawer. */
function Accounts({ ids }: { ids: string[] }) {
  const rest = ids.length - SHOWN;
  return (
    <span className={classes.accounts}>
      {ids.slice(0, SHOWN).map((id) => (
        <AccountLabel key={id} id={id} short />
      ))}
      {rest > 0 && <span className={classes.faint}>and {rest} more</span>}
    </span>
  );
}
