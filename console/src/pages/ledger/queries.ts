/** What the ledger is asked. */
import { useQuery } from '@tanstack/react-query';
import { api, take } from '@/api/client';
import { usePaged } from '@/api/queries';
import { movements, type Posted } from './running';

const PAGE = 50;
/** How often the balance is read again where the account moves while it is read. */
const TRIES = 3;

/** A page of transactions, newest first; with an account those that touch it. */
export function loadTransactions(account: string | undefined, before: string | undefined, limit = PAGE) {
  return take(api.GET('/api/v1/ledger/transactions', { params: { query: { account, before, limit } } }));
}

/** A page of accounts whose ids begin so. */
export function loadAccounts(prefix: string | undefined, after?: string, limit = PAGE) {
  return take(api.GET('/api/v1/ledger/accounts', { params: { query: { prefix, after, limit } } }));
}

/** All transactions, newest first. */
export function useTransactions() {
  return usePaged(['money', 'transactions'], (before) => loadTransactions(undefined, before));
}

/** Accounts of a kind such as `wallet`, or all of them. */
export function useAccounts(kind: string | undefined) {
  return usePaged(['money', 'accounts', kind ?? ''], (after) => loadAccounts(kind && `${kind}/`, after));
}

/** The ids of all accounts, to choose from; undefined where there are more than one would look through. */
export function useAccountIds() {
  return useQuery({
    queryKey: ['money', 'accounts', 'ids'],
    queryFn: async () => {
      const page = await loadAccounts(undefined, undefined, 1000);
      return page.next ? null : page.items.map(({ id }) => id);
    },
  });
}

/** What happened on an account, newest first, with what was in it after each movement. */
export function useMovements(account: string) {
  const { rows, ...rest } = usePaged<Posted>(['money', 'movements', account], async (before) => {
    const { balance, page } = before
      ? { balance: undefined, page: await loadTransactions(account, before) }
      : await newest(account);
    const items = page.items.map((transaction, index) => ({
      transaction,
      balance: index === 0 ? balance : undefined,
    }));
    return { items, next: page.next };
  });
  return { ...rest, rows: rows && movements(account, rows) };
}

/** The newest transactions with the balance that they lead to, if the account stands still for so long. */
async function newest(account: string) {
  for (let left = TRIES; ; left -= 1) {
    const balance = await balanceOf(account);
    const page = await loadTransactions(account, undefined);
    const steady = (await balanceOf(account)) === balance;
    if (steady || left === 1) return { page, balance: steady ? balance : undefined };
  }
}

/** What is in an account; of all ids that begin like it, its own comes first. */
async function balanceOf(account: string): Promise<string> {
  const { items } = await loadAccounts(account, undefined, 1);
  return items[0]?.id === account ? items[0].balance : '0';
}
