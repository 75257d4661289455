/** What the palette finds beside its own lines: resources by their names, and whatever has an id. */
import { IconArrowRight } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import { api, type Schemas, take } from '@/api/client';
import { useAllKeys } from '@/pages/budgets/queries';
import { type Command, useGo } from './commands';
import { isKeyOf, maybeName, readIds } from './ids';

const MOST = 8;

/** Where a resource is to be seen. */
const PLACES: Record<Schemas['Kind'], (name: string) => LinkProps> = {
  Team: (name) => ({ to: '/', search: { team: name } }),
  Application: (name) => ({ to: '/applications', search: { open: name } }),
  Key: (name) => ({ to: '/applications', search: { key: name } }),
  Provider: (name) => ({ to: '/providers', search: { open: name } }),
  Model: (name) => ({ to: '/models', search: { open: name } }),
  Budget: (name) => ({ to: '/budgets', search: { open: name } }),
};

/** A line that leads somewhere. */
type Lead = [note: string, label: string, to: LinkProps];

function useLines(): (leads: Lead[]) => Command[] {
  const go = useGo();
  return (leads) =>
    leads.map(([note, label, to]) => ({
      id: `${note} ${label}`,
      label,
      note,
      icon: IconArrowRight,
      run: () => go(to),
    }));
}

/** The resources with a part of such a name, and the wallets of the teams among them; `asked` is `text`, a little later. */
export function useResourceCommands(text: string, asked: string): { commands: Command[]; busy: boolean } {
  const lines = useLines();
  const enabled = maybeName(asked);
  const found = useQuery({
    queryKey: ['config', 'search', asked],
    queryFn: () => take(api.GET('/api/v1/search', { params: { query: { q: asked, limit: MOST } } })),
    enabled,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const items = enabled && maybeName(text) ? (found.data?.items ?? []) : [];
  const wallets = useQuery({
    queryKey: ['money', 'wallets'],
    queryFn: () => take(api.GET('/api/v1/wallets')),
    enabled: items.some(({ kind }) => kind === 'Team'),
  });
  const leads = items.flatMap(({ kind, name }): Lead[] => {
    const itself: Lead = [kind, name, PLACES[kind](name)];
    const pays = kind === 'Team' && wallets.data?.items.some(({ team }) => team === name);
    return pays ? [itself, ['Wallet', name, { to: '/wallets', search: { open: name } }]] : [itself];
  });
  return { commands: lines(leads), busy: maybeName(text) && (text !== asked || found.isFetching) };
}

/** What a pasted id names. A key is looked for among those that are there: it is never sent. */
export function useIdCommands(text: string): Command[] {
  const lines = useLines();
  const { call, transaction, account, key } = readIds(text);
  const keys = useAllKeys(key !== undefined);
  const leads: Lead[] = [];
  if (transaction) leads.push(['Transaction', transaction, { to: '/ledger', search: { transaction } }]);
  if (call) leads.push(['Call', call, { to: '/calls/$id', params: { id: call } }]);
  if (account) leads.push(['Account', account, { to: '/ledger', search: { account } }]);
  if (key) {
    const mine = keys.data?.items.filter(({ hint }) => isKeyOf(key, hint)).slice(0, MOST) ?? [];
    for (const { name, application } of mine) {
      leads.push(['Key', name, { to: '/applications', search: { open: application, key: name } }]);
    }
  }
  return lines(leads);
}
