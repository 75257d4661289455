import { Button } from '@mantine/core';
import { IconScale } from '@tabler/icons-react';
import { EmptyState } from '@/parts/EmptyState';
import { FilterBar } from '@/parts/FilterBar';
import { PageHeader, useTab } from '@/parts/PageHeader';
import { useParam, useTeam } from '@/search';
import { Accounts } from './Accounts';
import { teamAccounts } from './accounts';
import { ExportButton } from './ExportButton';
import { Journal } from './Journal';
import { Movements } from './Movements';
import { useAccountIds } from './queries';
import { useTeamAccounts } from './useTeamAccounts';
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

/** The transactions of an account that is asked for, else of the team of the scope bar, else all. */
function Transactions() {
  const [account] = useParam('account');
  const team = useTeam();
  const of = account ? [account] : team ? teamAccounts(team) : [];
  return (
    <>
      {team ? <FilterOfTeam key={`filter ${team}`} team={team} of={of} /> : <FilterOfAll of={of} />}
      {account ? (
        <Movements
          key={account}
          account={account}
          empty={
            <EmptyState title="Nothing has moved on this account">
              Take the filter away to see all transactions; the accounts that there are stand in the other
              tab.
            </EmptyState>
          }
        />
      ) : (
        <Journal key={of.join()} of={of} />
      )}
    </>
  );
}

function FilterOfAll({ of }: { of: readonly string[] }) {
  return <Filter ids={useAccountIds().data ?? undefined} of={of} />;
}

function FilterOfTeam({ team, of }: { team: string; of: readonly string[] }) {
  return <Filter ids={useTeamAccounts(team).ids} of={of} />;
}

function Filter({ ids, of }: { ids: readonly string[] | undefined; of: readonly string[] }) {
  const options = ids?.map((id) => ({ value: id, label: accountLabel(id) }));
  return (
    <FilterBar facets={[{ param: 'account', label: 'Account', options }]}>
      <ExportButton of={of} />
    </FilterBar>
  );
}
