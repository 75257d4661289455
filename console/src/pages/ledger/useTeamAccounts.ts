import { useBudgets, useOfTeam } from '../budgets/queries';
import { scopeParts } from '../budgets/scope';
import { budgetAccount, teamAccounts } from './accounts';

/** The accounts of a team, with those of its budgets in their present windows; undefined while those are on their way. */
export function useTeamAccounts(team: string) {
  const { budgets, error, retry } = useBudgets();
  const concerning = useOfTeam(team, budgets);
  const own = concerning?.filter(({ spec }) => {
    const { kind } = scopeParts(spec.scope);
    return kind !== 'organization' && kind !== 'model';
  });
  const ids = own && [...teamAccounts(team), ...own.map(({ name, starts }) => budgetAccount(name, starts))];
  return { ids, error, retry };
}
