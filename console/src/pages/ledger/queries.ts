/** What the ledger is asked. */
import { useQuery } from '@tanstack/react-query';
import { api, take } from '@/api/client';
import { usePaged } from '@/api/queries';
import { merged, type Page } from './merged';
import { movements, type Posted } from './running';

const PAGE = 50;
/** Accounts are short: many of them come at once. */
const ACCOUNTS = 200;
/** How often the balance is read again where the account moves while it is read. */
const TRIES = 3;
/** How often the ledger is looked at anew, in milliseconds. */
const FRESH = 10_000;

/** A page of transactions, newest first: those that touch one of these accounts, or all where none is named. */
export async function loadTransactions(
  of: readonly string[],
  before: string | undefined,
  limit = PAGE,
): Promise<Page> {
  const load = (account: string | undefined) =>
    take(api.GET('/api/v1/ledger/transactions', { params: { query: { account, before, limit } } }));
  return of.length < 2 ? load(of[0]) : merged(await Promise.all(of.map(load)));
}

/** A page of accounts whose ids begin so. */
function loadAccounts(prefix: string | undefined, after?: string, limit = ACCOUNTS) {
  return take(api.GET('/api/v1/ledger/accounts', { params: { query: { prefix, after, limit } } }));
}

/** The account of this id, where there is one; of all ids that begin like it, its own comes first. */
async function loadAccount(id: string) {
  const { items } = await loadAccounts(id, undefined, 1);
  return items.filter((account) => account.id === id);
}

/** The transactions that touch one of these accounts, newest first; all where none is named. */
export function useTransactions(of: readonly string[]) {
  return usePaged(['money', 'transactions', of], (before) => loadTransactions(of, before), { every: FRESH });
}

/** Accounts of a kind such as `wallet`, or all of them; or those of `ids` that there are. */
export function useAccounts(kind: string | undefined, ids?: readonly string[]) {
  return usePaged(['money', 'accounts', kind ?? '', ids ?? 'all'], async (after) => {
    if (!ids) return loadAccounts(kind && `${kind}/`, after);
    return { items: (await Promise.all(ids.map(loadAccount))).flat() };
  });
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
  const load = async (before: string | undefined) => {
    const { balance, page } = before
      ? { balance: undefined, page: await loadTransactions([account], before) }
      : await newest(account);
    const items = page.items.map((transaction, index) => ({
      transaction,
      balance: index === 0 ? balance : undefined,
    }));
    return { items, next: page.next };
  };
  const { rows, ...rest } = usePaged<Posted>(['money', 'movements', account], load, { every: FRESH });
  return { ...rest, rows: rows && movements(account, rows) };
}

/** The newest transactions with the balance that they lead to, if the account stands still for so long. */
async function newest(account: string) {
  for (let left = TRIES; ; left -= 1) {
    const balance = await balanceOf(account);
    const page = await loadTransactions([account], undefined);
    const steady = (await balanceOf(account)) === balance;
    if (steady || left === 1) return { page, balance: steady ? balance : undefined };
  }
}

async function balanceOf(account: string): Promise<string> {
  return (await loadAccount(account))[0]?.balance ?? '0';
}
