import type { Schemas } from '@/api/client';
import { DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { Money } from '@/parts/Money';
import { When } from '@/parts/When';
import { useParam } from '@/search';
import classes from './ledger.module.css';
import { useTransactions } from './queries';
import { amountOf, ownAccounts } from './running';
import { TransactionDrawer } from './TransactionDrawer';
import { AccountLabel, KindTag, Movement } from './words';

type Entry = Schemas['Entry'];

/** How many accounts a row names. */
const SHOWN = 2;

/** All transactions, newest first; the entries of each stand in its drawer. */
export function Journal() {
  const table = useTransactions();
  const [open] = useParam('transaction');
  return (
    <>
      <DataTable
        {...table}
        label="Transactions"
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({ to: '.', search: (before: object) => ({ ...before, transaction: id }) })}
        opened={open}
        empty={
          <EmptyState
            title="Nothing has moved yet"
            command={'tollgate wallet credit TEAM 25.00 --reason "first top-up"'}
          >
            Every credit, every budget that opens and every call that costs something stands here.
          </EmptyState>
        }
        columns={[
          { key: 'at', title: 'Time', cell: ({ at }) => <When at={at} /> },
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
            cell: ({ entries }) => <Accounts entries={entries} />,
          },
          {
            key: 'amount',
            title: 'Amount',
            align: 'right',
            cell: (transaction) =>
              transaction.kind === 'settlement' ? (
                <Money amount={amountOf(transaction)} />
              ) : (
                <Movement amount={amountOf(transaction)} />
              ),
          },
        ]}
      />
      <TransactionDrawer transactions={table.rows} />
    </>
  );
}

/** The accounts of wallets, budgets and teams that a transaction touches; the rest stays for the drawer. */
function Accounts({ entries }: { entries: Entry[] }) {
  const own = ownAccounts(entries);
  const rest = own.length - SHOWN;
  return (
    <span className={classes.accounts}>
      {own.slice(0, SHOWN).map((id) => (
        <AccountLabel key={id} id={id} short />
      ))}
      {rest > 0 && <span className={classes.faint}>and {rest} more</span>}
    </span>
  );
}
