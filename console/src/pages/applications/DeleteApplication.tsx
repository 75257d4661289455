import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Schemas } from '@/api/client';
import { useResources } from '@/api/queries';
import { count, counted } from '@/format';
import { ConfirmDialog } from '@/parts/ConfirmDialog';
import { scopeParts } from '../budgets/scope';
import { deleteAll } from './changes';
import { type Application, useDayOf, useKeys } from './queries';

/** Asks before an application is deleted, with what names it: its keys, and the budgets that limit it or them. */
export function DeleteApplication(props: { application: Application; opened: boolean; onClose: () => void }) {
  const { name } = props.application;
  const keys = useKeys(name);
  const day = useDayOf(name);
  const resources = useResources('Budget');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const held = keys.rows ?? [];
  const budgets = (resources.data?.items ?? []).filter(({ spec }) => {
    const scope = scopeParts((spec as Schemas['BudgetSpec']).scope);
    return (
      (scope.kind === 'application' && scope.name === name) ||
      (scope.kind === 'key' && held.some((key) => key.name === scope.name))
    );
  });
  return (
    <ConfirmDialog
      opened={props.opened}
      onClose={props.onClose}
      title={`Delete ${name}?`}
      verb="Delete the application"
      name={name}
      hits={
        <>
          {ofKeys(held)}
          {budgets.length > 0 &&
            `So ${budgets.length === 1 ? 'is' : 'are'} ${counted(budgets.length, 'budget')}: ${budgets.map((budget) => budget.name).join(', ')}. `}
          {day.data && `It made ${counted(day.data.total.calls, 'call')} in the last 24 h. `}
          The records of its calls and what they cost stay.
        </>
      }
      onConfirm={async () => {
        await deleteAll([
          ...budgets.map((budget) => ({ kind: 'Budget' as const, name: budget.name })),
          ...held.map((key) => ({ kind: 'Key' as const, name: key.name })),
          { kind: 'Application', name },
        ]);
        await navigate({ to: '/applications', search: {} });
        await queries.invalidateQueries({ queryKey: ['config'] });
      }}
    />
  );
}

/** What becomes of the keys of an application, in a sentence. */
function ofKeys(held: Schemas['Key'][]): string {
  const working = held.filter(({ state }) => state === 'active').length;
  if (held.length === 0) return 'It has no keys. ';
  const those =
    working === 0
      ? 'none of them works any more'
      : `${count(working)} of them ${working === 1 ? 'works' : 'work'}`;
  const all = held.length === 1 && working === 1 ? 'it works' : those;
  const end = working === 0 ? '' : ', and whatever calls with them stops at once';
  return `${counted(held.length, 'key')} ${held.length === 1 ? 'is' : 'are'} deleted with it; ${all}${end}. `;
}
