import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '@/api/session';
import { format } from '@/money';
import { ConfirmDialog } from '@/parts/ConfirmDialog';
import { EmptyState } from '@/parts/EmptyState';
import { ErrorState } from '@/parts/ErrorState';
import { PageSkeleton } from '@/parts/Loading';
import { Money } from '@/parts/Money';
import { PageHeader } from '@/parts/PageHeader';
import { Tag } from '@/parts/Tag';
import { useChangeParams, useParam } from '@/search';
import { BudgetForm } from './BudgetForm';
import { BudgetPanels } from './BudgetPanels';
import { type Budget, deleteBudget, refresh, useBudgets } from './queries';
import { RaiseLimit } from './RaiseLimit';
import { perWindow, scopeSubject } from './scope';
import { shareTone, usedShare, usedWords } from './Used';

/** One budget: how much is left, where it leads, and whom it has refused. */
export function BudgetPage({ name }: { name: string }) {
  const { budgets, error, retry } = useBudgets();
  const budget = budgets?.find((each) => each.name === name);
  if (budget) return <Known budget={budget} />;
  if (!budgets && !error) return <PageSkeleton />;
  return (
    <>
      <PageHeader title={name} above={<Link to="/budgets">Budgets</Link>} />
      {budgets ? <Unknown /> : <ErrorState error={error} retry={retry} />}
    </>
  );
}

function Unknown() {
  return (
    <EmptyState title="There is no budget of this name" action={<Link to="/budgets">See all budgets</Link>}>
      It may have been deleted or renamed.
    </EmptyState>
  );
}

function Known({ budget }: { budget: Budget }) {
  const share = usedShare(budget);
  const status = budget.spec.on_exhausted ?? 429;
  return (
    <>
      <PageHeader
        title={budget.name}
        above={<Link to="/budgets">Budgets</Link>}
        state={<Tag tone={shareTone(share)}>{share >= 1000 ? 'used up' : `${usedWords(budget)} used`}</Tag>}
        lead={`${scopeSubject(budget.spec.scope)} may spend ${format(budget.limit)} ${perWindow(budget.window)}; what would go beyond it is refused with ${status}.`}
        action={<Actions budget={budget} />}
      />
      <BudgetPanels budget={budget} />
    </>
  );
}

function Actions({ budget }: { budget: Budget }) {
  const [edit] = useParam('edit');
  const change = useChangeParams();
  const [asked, ask] = useState<'raise' | 'delete'>();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const close = () => ask(undefined);
  if (!useCan('configuration:change')) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={34} aria-label="More">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => change({ edit: 'budget' })}>
            Edit
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => ask('delete')}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button onClick={() => ask('raise')}>Raise the limit</Button>
      <RaiseLimit opened={asked === 'raise'} onClose={close} budget={budget} />
      <BudgetForm opened={edit !== undefined} onClose={() => change({ edit: undefined })} budget={budget} />
      <ConfirmDialog
        opened={asked === 'delete'}
        onClose={close}
        title={`Delete ${budget.name}?`}
        verb="Delete the budget"
        name={budget.name}
        hits={
          <>
            {scopeSubject(budget.spec.scope)} will no longer be limited by it, with{' '}
            <Money amount={budget.left} /> of <Money amount={budget.limit} /> left for the {budget.window}.
            What it has counted stays in the ledger.
          </>
        }
        onConfirm={async () => {
          await deleteBudget(budget.name, budget.revision);
          await navigate({ to: '/budgets', search: {} });
          await refresh(queries);
        }}
      />
    </>
  );
}
