import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Schemas } from '@/api/client';
import { useResources } from '@/api/queries';
import { count, counted } from '@/format';
import { ConfirmDialog } from '@/parts/ConfirmDialog';
import { scopeParts } from '../budgets/scope';
import { deleteAll } from './changes';
import { type Application, useDayOf, useKeys } from './queries';

/** How many budgets are told by their names. */
const NAMED = 5;

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
          {ofBudgets(budgets.map((budget) => budget.name))}
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

/** What becomes of the budgets of an application and its keys. */
function ofBudgets(names: string[]): string {
  if (names.length === 0) return '';
  const more = names.length > NAMED ? ` and ${count(names.length - NAMED)} more` : '';
  const verb = names.length === 1 ? 'is' : 'are';
  return `${counted(names.length, 'budget')} ${verb} deleted too: ${names.slice(0, NAMED).join(', ')}${more}. `;
}

/** What becomes of the keys of an application, in a sentence. */
function ofKeys(held: Schemas['Key'][]): string {
  if (held.length === 0) return 'It has no keys. ';
  const working = held.filter(({ state }) => state === 'active').length;
  const stops = `, and whatever calls with ${working === 1 ? 'it' : 'them'} stops at once`;
  const state = stateOf(held.length, working) + (working === 0 ? '' : stops);
  return `${counted(held.length, 'key')} ${held.length === 1 ? 'is' : 'are'} deleted with it; ${state}. `;
}

function stateOf(all: number, working: number): string {
  if (all === 1) return working === 1 ? 'it works' : 'it does not work any more';
  if (working === 0) return 'none of them works any more';
  return `${count(working)} of them ${working === 1 ? 'works' : 'work'}`;
}
