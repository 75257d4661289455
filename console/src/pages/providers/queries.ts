/** What the API is asked about providers. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, take } from '@/api/client';
import { useResources } from '@/api/queries';
import { useCan } from '@/api/session';
import { useUsageBy } from '@/api/usage';
import { useCatalogProviders } from '../models/queries';
import { type Row, rowsOf } from './rows';

/** How often the credentials are looked at anew, in milliseconds. */
const FRESH = 10_000;
const MOST = 1_000;

/** The state of every credential. */
export function useHealth() {
  const mayRead = useCan('node:read');
  return useQuery({
    queryKey: ['node', 'providers'],
    queryFn: () => take(api.GET('/api/v1/providers/health')),
    refetchInterval: FRESH,
    enabled: mayRead,
  });
}

/** All providers with what is known of them; undefined while it is on its way. */
export function useRows(): { rows: Row[] | undefined; error: Error | null; retry: () => void } {
  const resources = useResources('Provider');
  const known = useCatalogProviders();
  const health = useHealth();
  const mayCount = useCan('calls:read');
  const usage = useUsageBy('provider', { since: '24h' }, { limit: MOST, off: !mayCount });
  const ready =
    resources.data && known.data && (health.data || !health.isPending || health.fetchStatus === 'idle');
  return {
    rows: ready
      ? rowsOf({
          resources: resources.data.items,
          known: known.data.items,
          health: health.data?.items ?? [],
          usage: usage.data?.items ?? [],
        })
      : undefined,
    error: resources.error ?? known.error ?? health.error,
    retry: () => {
      void resources.refetch();
      void known.refetch();
      void health.refetch();
    },
  };
}

/** Asks a stored provider for its models with each of its credentials, which costs nothing. */
export function useTest(name: string) {
  return useMutation({
    mutationFn: () => take(api.POST('/api/v1/providers/{name}/test', { params: { path: { name } } })),
  });
}
