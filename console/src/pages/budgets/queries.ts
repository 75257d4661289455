/** What is asked about budgets, and how they are changed. */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, take } from '@/api/client';
import { collect, useResources } from '@/api/queries';
import { createResource, deleteResource, replaceResource } from '@/api/resources';
import { compare, perMille } from '@/money';
import { scopeParts } from './scope';

type State = Schemas['BudgetState'];

/** A budget as it stands now, and as it was written down. */
export interface Budget extends State {
  spec: Schemas['BudgetSpec'];
  /** The revision that last changed it. */
  revision: number;
}

/** How often money is looked at anew, in milliseconds. */
export const FRESH = 10_000;
const MOST_KEYS = 5_000;
/** How many refused calls are looked at to find those that one budget refused. */
const LOOKED_AT = 30;

/** Every budget, the most used first. */
export function useBudgets() {
  const states = useQuery({
    queryKey: ['money', 'budgets'],
    queryFn: () => take(api.GET('/api/v1/budgets')),
    refetchInterval: FRESH,
  });
  const specs = useResources('Budget');
  const known = new Map(specs.data?.items.map((resource) => [resource.name, resource]));
  const budgets = states.data?.items.flatMap((state): Budget[] => {
    const resource = known.get(state.name);
    if (!resource) return [];
    return [{ ...state, spec: resource.spec as Schemas['BudgetSpec'], revision: resource.revision }];
  });
  return {
    budgets: specs.data && budgets?.sort(mostUsedFirst),
    error: states.error ?? specs.error,
    retry: () => {
      void states.refetch();
      void specs.refetch();
    },
  };
}

function mostUsedFirst(left: Budget, right: Budget): number {
  const [a, b] = [left, right].map(({ spent, limit }) => perMille(spent, limit));
  return (b ?? 0) - (a ?? 0) || compare(right.spent, left.spent) || left.name.localeCompare(right.name);
}

/** All keys, for forms and for finding whose they are. */
export function useAllKeys(enabled = true) {
  return useQuery({
    queryKey: ['config', 'keys'],
    queryFn: () =>
      collect(
        (after) => take(api.GET('/api/v1/keys', { params: { query: { after, limit: 1000 } } })),
        MOST_KEYS,
      ),
    enabled,
  });
}

/** The budgets that concern a team: its own, those of its applications and keys, of models and of everything. */
export function useOfTeam(team: string | undefined, budgets: Budget[] | undefined): Budget[] | undefined {
  const applications = useResources('Application');
  const keys = useAllKeys(team !== undefined);
  if (!team || !budgets) return budgets;
  const owner = new Map(
    applications.data?.items.map(({ name, spec }) => [name, (spec as Schemas['ApplicationSpec']).team]),
  );
  const holder = new Map(keys.data?.items.map(({ name, application }) => [name, application]));
  return budgets.filter(({ spec }) => {
    const { kind, name } = scopeParts(spec.scope);
    if (kind === 'team') return name === team;
    if (kind === 'application') return owner.get(name) === team;
    if (kind === 'key') return owner.get(holder.get(name) ?? '') === team;
    return true;
  });
}

/** How a budget was spent in its present window. */
export function useBurndown(name: string) {
  return useQuery({
    queryKey: ['money', 'burndown', name],
    queryFn: () => take(api.GET('/api/v1/budgets/{name}/burndown', { params: { path: { name } } })),
    refetchInterval: FRESH,
  });
}

/** The calls that a budget refused in its present window, among the newest that any budget refused. */
export function useRefusals({ name, starts, spec }: Budget) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: ['calls', 'refused by budget', name, starts],
    queryFn: async () => {
      const { kind, name: scope } = scopeParts(spec.scope);
      const narrowed = kind === 'organization' ? {} : { [kind]: scope };
      const query = { ...narrowed, reason: 'budget_exceeded', since: starts, limit: LOOKED_AT };
      const { items, next } = await take(api.GET('/api/v1/calls', { params: { query } }));
      const calls = await Promise.all(items.map(({ id }) => queries.ensureQueryData(callQuery(id))));
      const ours = calls.filter(
        ({ refusal }) => refusal?.rule?.kind === 'Budget' && refusal.rule.name === name,
      );
      return { calls: ours, more: Boolean(next) };
    },
    refetchInterval: FRESH,
  });
}

/** The question for a call, which does not change any more. */
function callQuery(id: string) {
  return {
    queryKey: ['calls', 'record', id],
    queryFn: () => take(api.GET('/api/v1/calls/{id}', { params: { path: { id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  };
}

/** Creates a budget, or replaces it where a revision says which. */
export function putBudget(name: string, spec: Schemas['BudgetSpec'], revision?: number) {
  if (revision === undefined) return createResource('Budget', name, spec);
  return replaceResource({ kind: 'Budget', name, revision }, spec);
}

/** Deletes a budget at this revision. */
export function deleteBudget(name: string, revision: number) {
  return deleteResource({ kind: 'Budget', name, revision });
}

/** After a change: what is known of the configuration and of money is old. */
export async function refresh(queries: QueryClient): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['config'] }),
    queries.invalidateQueries({ queryKey: ['money'] }),
  ]);
}
