import type { ReactNode } from 'react';
import { DataTable } from '@/parts/DataTable';
import { Money } from '@/parts/Money';
import { useParam } from '@/search';
import { dayOf } from '../history/days';
import classes from './ledger.module.css';
import { useMovements } from './queries';
import { TransactionDrawer } from './TransactionDrawer';
import { actorWords, Clock, KindTag, Movement } from './words';

/** What happened on one account, newest first, with what was in it after each movement. */
export function Movements({ account, empty }: { account: string; empty?: ReactNode }) {
  const table = useMovements(account);
  const [open] = useParam('transaction');
  return (
    <>
      <DataTable
        {...table}
        label="Movements"
        rowKey={({ transaction }) => transaction.id}
        rowLink={({ transaction }) => ({
          to: '.',
          search: (before: object) => ({ ...before, transaction: transaction.id }),
        })}
        groupOf={({ transaction }) => dayOf(transaction.at)}
        opened={open}
        empty={empty}
        columns={[
          { key: 'at', title: 'Time', width: 92, cell: ({ transaction }) => <Clock at={transaction.at} /> },
          {
            key: 'what',
            title: 'What',
            wrap: true,
            cell: ({ transaction: { kind, reason } }) => (
              <span className={classes.what}>
                <KindTag kind={kind} />
                <span>{reason}</span>
              </span>
            ),
          },
          {
            key: 'actor',
            title: 'By',
            from: 'md',
            cell: ({ transaction }) => <span className={classes.soft}>{actorWords(transaction.actor)}</span>,
          },
          {
            key: 'amount',
            title: 'Amount',
            align: 'right',
            cell: ({ amount }) => <Movement amount={amount} />,
          },
          {
            key: 'after',
            title: 'Balance after',
            align: 'right',
            from: 'sm',
            cell: ({ after }) => (after === undefined ? '–' : <Money amount={after} />),
          },
        ]}
      />
      <TransactionDrawer transactions={table.rows?.map(({ transaction }) => transaction)} more={table.more} />
    </>
  );
}
