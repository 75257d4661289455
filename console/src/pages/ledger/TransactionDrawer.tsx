import { Link } from '@tanstack/react-router';
import type { Schemas } from '@/api/client';
import { sum } from '@/money';
import { CopyId } from '@/parts/CopyId';
import { Facts } from '@/parts/Facts';
import { Money } from '@/parts/Money';
import { SideDrawer } from '@/parts/SideDrawer';
import { When } from '@/parts/When';
import { useChangeParams, useParam } from '@/search';
import { firstCallOf } from './accounts';
import classes from './ledger.module.css';
import { AccountLabel, KindTag, Movement } from './words';

type Transaction = Schemas['Transaction'];

/** The transaction that the address names, at the side of the list that it stands in. */
export function TransactionDrawer({ transactions }: { transactions: Transaction[] | undefined }) {
  const [open] = useParam('transaction');
  const change = useChangeParams();
  const transaction = transactions?.find(({ id }) => id === open);
  return (
    <SideDrawer
      opened={open !== undefined && transactions !== undefined}
      onClose={() => change({ transaction: undefined })}
      title="Transaction"
    >
      {transaction ? (
        <Whole transaction={transaction} />
      ) : (
        <p>This transaction is not among those that are loaded. Load more of the list to get to it.</p>
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
          ['Made by', actor],
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
