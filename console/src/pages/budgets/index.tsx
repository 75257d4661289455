import { Button } from '@mantine/core';
import { IconPlus, IconTarget } from '@tabler/icons-react';
import { useCan } from '@/api/session';
import { EmptyState } from '@/parts/EmptyState';
import { PageHeader } from '@/parts/PageHeader';
import { useChangeParams, useParam, useTeam } from '@/search';
import { BudgetForm } from './BudgetForm';
import { BudgetPage } from './BudgetPage';
import { BudgetTable } from './BudgetTable';
import { useBudgets, useOfTeam } from './queries';

export default function Page() {
  const [open] = useParam('open');
  return open === undefined ? <List /> : <BudgetPage key={open} name={open} />;
}

function List() {
  const { budgets, error, retry } = useBudgets();
  const [creating] = useParam('new');
  const change = useChangeParams();
  const shown = useOfTeam(useTeam(), budgets);
  const may = useCan('configuration:change');
  const action = may && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => change({ new: 'budget' })}>
      Create a budget
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Budgets"
        lead="A budget limits what is spent within an hour, a day, a week or a month. A call has to fit into every one above it."
        action={shown?.length ? action : undefined}
      />
      <BudgetTable
        budgets={shown}
        error={error}
        retry={retry}
        empty={
          <EmptyState icon={<IconTarget size={20} />} title="No budget limits anything here" action={action}>
            Set a limit for everything, a team, an application, a key or a model. What would go beyond it is
            refused before it costs anything.
          </EmptyState>
        }
      />
      {may && <BudgetForm opened={creating !== undefined} onClose={() => change({ new: undefined })} />}
    </>
  );
}
