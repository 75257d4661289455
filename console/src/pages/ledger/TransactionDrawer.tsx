import { Link } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import type { Schemas } from '@/api/client';
import type { Paged } from '@/api/queries';
import { count } from '@/format';
import { sum } from '@/money';
import { CopyId } from '@/parts/CopyId';
import { Facts } from '@/parts/Facts';
import { Lines } from '@/parts/Loading';
import { Money } from '@/parts/Money';
import { SideDrawer } from '@/parts/SideDrawer';
import { When } from '@/parts/When';
import { useChangeParams, useParam } from '@/search';
import { firstCallOf } from './accounts';
import classes from './ledger.module.css';
import { AccountLabel, actorWords, KindTag, Movement } from './words';

type Transaction = Schemas['Transaction'];

/** How many transactions are gone through for one that the address names. */
const FARTHEST = 1_000;

/** The transaction that the address names, at the side of the list that it stands in; the list goes on up to it. */
export function TransactionDrawer({
  transactions,
  more,
}: {
  transactions: Transaction[] | undefined;
  more: Paged<unknown>['more'];
}) {
  const [open] = useParam('transaction');
  const change = useChangeParams();
  const transaction = transactions?.find(({ id }) => id === open);
  const missing = open !== undefined && transactions !== undefined && !transaction;
  const seeking = missing && more.has && transactions.length < FARTHEST;
  const goOn = useEffectEvent(more.load);
  useEffect(() => {
    if (seeking && !more.busy) goOn();
  }, [seeking, more.busy]);
  return (
    <SideDrawer
      opened={open !== undefined && transactions !== undefined}
      onClose={() => change({ transaction: undefined })}
      title="Transaction"
    >
      {transaction && <Whole transaction={transaction} />}
      {seeking && <Lines count={6} />}
      {missing && !seeking && (
        <p className={classes.lost}>
          {more.has
            ? `This transaction is not among the newest ${count(transactions.length)} of this list. Close this, and load more of it.`
            : 'There is no transaction of this id in this list.'}
        </p>
      )}
    </SideDrawer>
  );
}

function Whole({ transaction }: { transaction: Transaction }) {
  const { id, kind, at, actor, reason, entries } = transaction;
  const call = firstCallOf(id);
  const placed = entries.map((entry, place) => ({ ...entry, place }));
  return (
    <>
      <Facts
        facts={[
          ['Kind', <KindTag key="kind" kind={kind} />],
          ['Time', <When key="at" at={at} absolute />],
          ['Made by', actorWords(actor)],
          ['Reason', reason],
          [
            'First call',
            call && (
              <Link to="/calls/$id" params={{ id: call }}>
                {call}
              </Link>
            ),
          ],
          ['Id', <CopyId key="id" id={id} />],
        ]}
      />
      <table className={classes.sheet}>
        <thead>
          <tr>
            <th scope="col">Account</th>
            <th scope="col">Added</th>
          </tr>
        </thead>
        <tbody>
          {placed.map(({ place, ...entry }) => (
            <tr key={place}>
              <td>
                <Link to="/ledger" search={{ account: entry.account }}>
                  <AccountLabel id={entry.account} />
                </Link>
              </td>
              <td>
                <Movement amount={entry.amount} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Together</th>
            <td>
              <Money amount={sum(entries.map(({ amount }) => amount))} />
            </td>
          </tr>
        </tfoot>
      </table>
    </>
  );
}
