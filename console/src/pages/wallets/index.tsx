import { Button } from '@mantine/core';
import { IconWallet } from '@tabler/icons-react';
import { useCan } from '@/api/session';
import { sum } from '@/money';
import { DataTable } from '@/parts/DataTable';
import { EmptyState } from '@/parts/EmptyState';
import { Money } from '@/parts/Money';
import { PageHeader } from '@/parts/PageHeader';
import { useChangeParams, useParam, useParams, useTeam } from '@/search';
import { BillingForm } from './BillingForm';
import { CreditForm } from './CreditForm';
import { useWallets } from './queries';
import { WalletPage } from './WalletPage';
import classes from './wallets.module.css';
import { BillingTag } from './words';

export default function Page() {
  const [open] = useParam('open');
  return open === undefined ? <List /> : <WalletPage key={open} team={open} />;
}

function List() {
  const { data, error, refetch } = useWallets();
  const team = useTeam();
  const wallets = data?.items.filter((wallet) => !team || wallet.team === team);
  const { billing, credit } = useParams();
  const change = useChangeParams();
  const may = useCan('configuration:change');
  const mayCredit = useCan('money:credit');
  const action = may && (
    <Button variant={wallets?.length ? 'default' : 'filled'} onClick={() => change({ billing: 'prepaid' })}>
      Make a team prepaid
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Wallets"
        lead="A prepaid team pays every call from its wallet, and makes none that the wallet does not cover."
        action={wallets?.length ? action : undefined}
      />
      <DataTable
        label="Wallets"
        rows={wallets}
        error={error}
        retry={() => void refetch()}
        rowKey={(wallet) => wallet.team}
        rowLink={(wallet) => ({ to: '/wallets', search: { open: wallet.team } })}
        empty={
          <EmptyState icon={<IconWallet size={20} />} title="No team pays from a wallet" action={action}>
            Teams are internal unless one says otherwise: their costs are recorded, and limited by budgets
            only.
          </EmptyState>
        }
        columns={[
          { key: 'team', title: 'Team', wrap: true, cell: (wallet) => wallet.team },
          { key: 'billing', title: 'Billing', cell: (wallet) => <BillingTag wallet={wallet} /> },
          {
            key: 'balance',
            title: 'Balance',
            align: 'right',
            from: 'sm',
            cell: ({ balance }) => <Money amount={balance} />,
          },
          {
            key: 'leased',
            title: 'Set aside',
            align: 'right',
            from: 'md',
            cell: ({ leased }) => (
              <span className={classes.soft}>
                <Money amount={leased} />
              </span>
            ),
          },
          {
            key: 'available',
            title: 'Available',
            align: 'right',
            cell: ({ available }) => <Money amount={available} />,
          },
        ]}
        foot={wallets && wallets.length > 1 && <Together wallets={wallets} />}
      />
      {may && <BillingForm opened={billing !== undefined} onClose={() => change({ billing: undefined })} />}
      {mayCredit && wallets && wallets.length > 0 && (
        <CreditForm
          opened={credit !== undefined}
          onClose={() => change({ credit: undefined })}
          wallets={wallets}
        />
      )}
    </>
  );
}

function Together({ wallets }: { wallets: { balance: string; leased: string; available: string }[] }) {
  return (
    <tr>
      <td>Together</td>
      <td />
      <td data-align="right" data-from="sm">
        <Money amount={sum(wallets.map(({ balance }) => balance))} />
      </td>
      <td data-align="right" data-from="md">
        <Money amount={sum(wallets.map(({ leased }) => leased))} />
      </td>
      <td data-align="right">
        <Money amount={sum(wallets.map(({ available }) => available))} />
      </td>
    </tr>
  );
}
