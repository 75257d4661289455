/** What happened on one account, with what was in it after each movement. */
import type { Schemas } from '@/api/client';
import { type Nanos, sum } from '@/money';

/** A transaction as it comes from the API; the newest one of the list also knows the balance after it. */
export interface Posted {
  transaction: Schemas['Transaction'];
  /** What was in the account when the list was read; absent where that moved too fast to be told. */
  balance?: string;
}

/** What a transaction did to one account. */
export interface Movement {
  transaction: Schemas['Transaction'];
  /** What was added; negative left it. */
  amount: Nanos;
  /** What was in it then; undefined where that is not known. */
  after: Nanos | undefined;
}

/** What a transaction adds to an account, all its entries together. */
export function amountOn(account: string, transaction: Schemas['Transaction']): Nanos {
  return sum(transaction.entries.filter((entry) => entry.account === account).map((entry) => entry.amount));
}

/** The movements of an account, newest first, from transactions newest first. */
export function movements(account: string, posted: Posted[]): Movement[] {
  const known = posted[0]?.balance;
  let after = known === undefined ? undefined : sum([known]);
  return posted.map(({ transaction }) => {
    const amount = amountOn(account, transaction);
    const movement = { transaction, amount, after };
    if (after !== undefined) after -= amount;
    return movement;
  });
}

/** The accounts that a transaction touches without the other sides: wallets first, then budgets, then teams. */
export function ownAccounts({ entries }: Schemas['Transaction'], of: readonly string[] = []): string[] {
  const ids = [...new Set(among(of, entries).map(({ account }) => account))];
  return ['wallet/', 'budget/', 'usage/'].flatMap((kind) => ids.filter((id) => id.startsWith(kind)));
}

/**
 * A transaction in one amount: what its calls cost, or what was added to the wallet or budget that it is about. Of
 * `of`, where it names accounts, and nobody else's.
 */
export function amountOf({ entries }: Schemas['Transaction'], of: readonly string[] = []): Nanos {
  const on = (kind: string) => among(of, entries).filter(({ account }) => account.startsWith(kind));
  const [about] = [on('usage/'), on('wallet/'), on('budget/')].filter((found) => found.length > 0);
  return sum((about ?? []).map(({ amount }) => amount));
}

/** The entries on these accounts; all where none is named. */
export function among(of: readonly string[], entries: Schemas['Entry'][]): Schemas['Entry'][] {
  return of.length === 0 ? entries : entries.filter(({ account }) => of.includes(account));
}
