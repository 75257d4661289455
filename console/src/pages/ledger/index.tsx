import { Button } from '@mantine/core';
import { IconScale } from '@tabler/icons-react';
import { EmptyState } from '@/parts/EmptyState';
import { FilterBar } from '@/parts/FilterBar';
import { PageHeader, useTab } from '@/parts/PageHeader';
import { useParam } from '@/search';
import { Accounts } from './Accounts';
import { ExportButton } from './ExportButton';
import { Journal } from './Journal';
import { Movements } from './Movements';
import { useAccountIds } from './queries';
import { useVerification, Verification } from './Verification';
import { accountLabel } from './words';

const TABS = [
  { value: 'transactions', label: 'Transactions' },
  { value: 'accounts', label: 'Accounts' },
];

export default function Page() {
  const tab = useTab(TABS);
  const check = useVerification();
  return (
    <>
      <PageHeader
        title="Ledger"
        lead="Every movement of money, twice: where it left and where it went. Nothing is ever changed or deleted."
        action={
          <Button
            variant="default"
            leftSection={<IconScale size={16} />}
            loading={check.isPending}
            onClick={() => check.mutate()}
          >
            Verify now
          </Button>
        }
        tabs={TABS}
      />
      <Verification check={check} />
      {tab === 'accounts' ? <Accounts /> : <Transactions />}
    </>
  );
}

function Transactions() {
  const [account] = useParam('account');
  const ids = useAccountIds();
  const options = ids.data?.map((id) => ({ value: id, label: accountLabel(id) }));
  return (
    <>
      <FilterBar facets={[{ param: 'account', label: 'Account', options }]}>
        <ExportButton account={account} />
      </FilterBar>
      {account ? (
        <Movements
          account={account}
          empty={
            <EmptyState title="Nothing has moved on this account">
              Take the filter away to see all transactions; the accounts that there are stand in the other
              tab.
            </EmptyState>
          }
        />
      ) : (
        <Journal />
      )}
    </>
  );
}
