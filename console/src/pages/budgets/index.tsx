import { Button } from '@mantine/core';
import { IconPlus, IconTarget } from '@tabler/icons-react';
import { useCan } from '@/api/session';
import { finder } from '@/pages/models/find';
import { EmptyState } from '@/parts/EmptyState';
import { PageHeader } from '@/parts/PageHeader';
import { SearchBox } from '@/parts/SearchBox';
import { useChangeParams, useParam, useParams, useTeam } from '@/search';
import { BudgetForm } from './BudgetForm';
import { BudgetPage } from './BudgetPage';
import { BudgetTable } from './BudgetTable';
import classes from './budgets.module.css';
import { useBudgets, useOfTeam } from './queries';
import { scopeWords } from './scope';

/** So many budgets can be looked through by eye; beyond that they are searched. */
const FEW = 15;

export default function Page() {
  const [open] = useParam('open');
  return open === undefined ? <List /> : <BudgetPage key={open} name={open} />;
}

function List() {
  const { budgets, error, retry } = useBudgets();
  const { new: creating, q } = useParams();
  const change = useChangeParams();
  const all = useOfTeam(useTeam(), budgets);
  const has = finder(q ?? '');
  const shown = all?.filter(({ name, spec }) => has(`${name} ${scopeWords(spec.scope)}`));
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
        action={all?.length ? action : undefined}
      />
      {(q || (all && all.length > FEW)) && (
        <div className={classes.bar}>
          <SearchBox label="Search budgets" />
        </div>
      )}
      <BudgetTable
        budgets={shown}
        error={error}
        retry={retry}
        empty={
          all?.length ? (
            <EmptyState title={`No budget has “${q}” in its name`} />
          ) : (
            <EmptyState
              icon={<IconTarget size={20} />}
              title="No budget limits anything here"
              action={action}
            >
              Set a limit for everything, a team, an application, a key or a model. What would go beyond it is
              refused before it costs anything.
            </EmptyState>
          )
        }
      />
      {may && <BudgetForm opened={creating !== undefined} onClose={() => change({ new: undefined })} />}
    </>
  );
}
