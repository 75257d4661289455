/** What is asked about wallets, and how they are changed. */
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '@/api/client';

/** How often money is looked at anew, in milliseconds. */
const FRESH = 10_000;

/** The wallets of prepaid teams, and of every team that has money in one. */
export function useWallets() {
  return useQuery({
    queryKey: ['money', 'wallets'],
    queryFn: () => take(api.GET('/api/v1/wallets')),
    refetchInterval: FRESH,
  });
}

/** The wallet of a team, also where nothing is in it and nothing is paid from it. */
export function useWallet(team: string) {
  return useQuery({
    queryKey: ['money', 'wallets', team],
    queryFn: () => take(api.GET('/api/v1/wallets/{team}', { params: { path: { team } } })),
    refetchInterval: FRESH,
  });
}

/** Adds money to a wallet or takes it back; sent again with the same key, it is done once. */
export function creditWallet(team: string, body: Schemas['CreditBody'], key: string) {
  return take(
    api.POST('/api/v1/wallets/{team}/credit', {
      params: { path: { team }, header: { 'idempotency-key': key } },
      body,
    }),
  );
}

/** Says how a team pays; the rest of the team stays as it is. */
export async function setBilling(team: string, billing: Schemas['Billing']) {
  const path = { kind: 'Team', name: team };
  const present = await take(api.GET('/api/v1/resources/{kind}/{name}', { params: { path } }));
  const spec = { ...(present.spec as Schemas['TeamSpec']), billing };
  const body = { spec, revision: present.revision };
  return take(api.PUT('/api/v1/resources/{kind}/{name}', { params: { path }, body }));
}

/** After a change: what is known of the configuration and of money is old. */
export async function refresh(queries: QueryClient): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['config'] }),
    queries.invalidateQueries({ queryKey: ['money'] }),
  ]);
}

/** A random UUID; unlike the browser's own, also where the page came without TLS. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const digits = Array.from(bytes, (byte, index) => {
    const marked = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
    return marked.toString(16).padStart(2, '0');
  }).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
