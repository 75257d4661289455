/** What the id of an account says. */

/** An account by the parts of its id: `budget/research@1793491200` is the window of `research` from that second on. */
export interface AccountName {
  kind: 'wallet' | 'budget' | 'usage' | 'world' | 'other';
  name: string;
  /** When the window of a budget opened, as RFC 3339. */
  opens?: string;
}

const KINDS = ['wallet', 'budget', 'usage', 'world'] as const;

/** Reads the id of an account. */
export function accountName(id: string): AccountName {
  const [, word, rest = ''] = /^([a-z]+)\/(.+)$/.exec(id) ?? [];
  const kind = KINDS.find((known) => known === word);
  if (!kind) return { kind: 'other', name: id };
  const window = kind === 'budget' && /^(.+)@(-?\d+)$/.exec(rest);
  if (!window) return { kind, name: rest };
  const opens = new Date(Number(window[2]) * 1000);
  return {
    kind,
    name: window[1] ?? rest,
    opens: Number.isNaN(opens.getTime()) ? undefined : opens.toISOString(),
  };
}

/** The id of the account of a budget in the window that began then. */
export function budgetAccount(name: string, starts: string): string {
  return `budget/${name}@${Math.floor(Date.parse(starts) / 1000)}`;
}

/** The id of the account of a team's wallet. */
export function walletAccount(team: string): string {
  return `wallet/${team}`;
}

/** The ids of the accounts that every team has: its wallet, and what it has consumed. */
export function teamAccounts(team: string): string[] {
  return [walletAccount(team), `usage/${team}`];
}

/** The call by which a settlement is named: the first that it settles. */
export function firstCallOf(transaction: string): string | undefined {
  return /^settle\/.*\/(call_[0-9a-z]{26})$/.exec(transaction)?.[1];
}
