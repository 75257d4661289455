import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '@/api/client';
import { ProblemError } from '@/api/problem';
import { useCan } from '@/api/session';
import { EmptyState } from '@/parts/EmptyState';
import { ErrorState } from '@/parts/ErrorState';
import { PageSkeleton } from '@/parts/Loading';
import { Money } from '@/parts/Money';
import { PageHeader } from '@/parts/PageHeader';
import { Panel } from '@/parts/Panel';
import { StatTile, StatTiles } from '@/parts/StatTile';
import { useChangeParams, useParam } from '@/search';
import { walletAccount } from '../ledger/accounts';
import { ExportButton } from '../ledger/ExportButton';
import { Movements } from '../ledger/Movements';
import { BillingForm } from './BillingForm';
import { CreditForm } from './CreditForm';
import { useWallet } from './queries';
import classes from './wallets.module.css';
import { BillingTag } from './words';

/** One wallet: what is in it, and how it came to be so. */
export function WalletPage({ team }: { team: string }) {
  const { data, error, refetch } = useWallet(team);
  if (data) return <Known wallet={data} />;
  if (!error) return <PageSkeleton />;
  return (
    <>
      <PageHeader title={team} above={<Link to="/wallets">Wallets</Link>} />
      {error instanceof ProblemError && error.status === 404 ? (
        <EmptyState title="There is no team of this name" action={<Link to="/wallets">See all wallets</Link>}>
          It may have been deleted or renamed.
        </EmptyState>
      ) : (
        <ErrorState error={error} retry={() => void refetch()} />
      )}
    </>
  );
}

function Known({ wallet }: { wallet: Schemas['Wallet'] }) {
  const account = walletAccount(wallet.team);
  const prepaid = wallet.billing === 'prepaid';
  return (
    <>
      <PageHeader
        title={wallet.team}
        above={<Link to="/wallets">Wallets</Link>}
        state={<BillingTag wallet={wallet} />}
        lead={
          prepaid
            ? 'Every call of this team is paid from this wallet, and none is made that it does not cover.'
            : 'This team is internal: its calls are recorded and limited by budgets only. Nothing is taken from this wallet.'
        }
        action={<Actions wallet={wallet} />}
      />
      <div className={classes.page}>
        <StatTiles>
          <StatTile
            label="Available"
            value={<Money amount={wallet.available} />}
            hint="to be spent or taken back"
          />
          <StatTile
            label="Set aside"
            value={<Money amount={wallet.leased} />}
            hint="for calls under way or to come"
          />
          <StatTile label="Balance" value={<Money amount={wallet.balance} />} hint="both together" />
        </StatTiles>
        <Panel
          title="Movements"
          aside={
            <>
              <Link to="/calls" search={{ team: wallet.team }}>
                Calls of this team
              </Link>
              <ExportButton of={[account]} />
            </>
          }
          flush
        >
          <Movements
            account={account}
            empty={
              <EmptyState
                title="Nothing has moved yet"
                command={`tollgate wallet credit ${wallet.team} 25.00 --reason "first top-up"`}
              >
                Credits and what calls have cost stand here, each with what was in the wallet then.
              </EmptyState>
            }
          />
        </Panel>
      </div>
    </>
  );
}

function Actions({ wallet }: { wallet: Schemas['Wallet'] }) {
  const [credit] = useParam('credit');
  const [billing] = useParam('billing');
  const change = useChangeParams();
  const mayBill = useCan('configuration:change');
  const mayCredit = useCan('money:credit');
  return (
    <>
      {mayBill && (
        <>
          <Button variant="default" onClick={() => change({ billing: 'change' })}>
            Change billing
          </Button>
          <BillingForm
            opened={billing !== undefined}
            onClose={() => change({ billing: undefined })}
            wallet={wallet}
          />
        </>
      )}
      {mayCredit && (
        <>
          <Button onClick={() => change({ credit: 'by-hand' })}>Credit the wallet</Button>
          <CreditForm
            opened={credit !== undefined}
            onClose={() => change({ credit: undefined })}
            wallets={[wallet]}
          />
        </>
      )}
    </>
  );
}
