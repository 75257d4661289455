/** What the API is asked about providers. */
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '@/api/client';
import { useResources } from '@/api/queries';
import { useCan } from '@/api/session';
import { useUsageBy } from '@/api/usage';
import { useCatalogProviders } from '../models/queries';
import { type Row, rowsOf } from './rows';

/** How often the credentials are looked at anew, in milliseconds. */
const FRESH = 10_000;
const MOST = 1_000;

/** The state of every credential, asked for anew when the providers have changed. */
export function useHealth(providers: Schemas['Resource'][] | undefined) {
  const mayRead = useCan('node:read');
  const revision = Math.max(0, ...(providers?.map((provider) => provider.revision) ?? []));
  return useQuery({
    queryKey: ['node', 'providers', revision, providers?.length],
    queryFn: () => take(api.GET('/api/v1/providers/health')),
    refetchInterval: FRESH,
    placeholderData: keepPreviousData,
    enabled: mayRead && providers !== undefined,
  });
}

/** All providers with what is known of them; undefined while it is on its way. */
export function useRows(): { rows: Row[] | undefined; error: Error | null; retry: () => void } {
  const resources = useResources('Provider');
  const known = useCatalogProviders();
  const health = useHealth(resources.data?.items);
  const mayCount = useCan('calls:read');
  const usage = useUsageBy('provider', { since: '24h' }, { limit: MOST, off: !mayCount });
  const ready =
    resources.data && known.data && (health.data || !health.isPending || health.fetchStatus === 'idle');
  return {
    rows: ready
      ? rowsOf({
          resources: resources.data.items,
          known: known.data.items,
          health: health.data?.items,
          stale: health.isPlaceholderData,
          usage: usage.data?.items,
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
