/** What the API is asked about models. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, take } from '@/api/client';
import { useCan } from '@/api/session';

/** The names that callers can ask for which contain a text; all for an empty one. */
export function useCallable(q: string, options: { limit?: number; off?: boolean } = {}) {
  const query = { q: q || undefined, limit: options.limit };
  return useQuery({
    queryKey: ['config', 'models', query],
    queryFn: () => take(api.GET('/api/v1/models', { params: { query } })),
    placeholderData: keepPreviousData,
    enabled: !options.off,
  });
}

/** How often the targets are looked at anew, in milliseconds. */
const FRESH = 5_000;

/** How the targets are doing among which models choose, as this node has seen them. */
export function useConditions() {
  const mayRead = useCan('node:read');
  return useQuery({
    queryKey: ['node', 'targets'],
    queryFn: () => take(api.GET('/api/v1/targets/health')),
    refetchInterval: FRESH,
    enabled: mayRead,
  });
}

/** What a name would do if a caller asked for it. */
export function useMeaning(name: string) {
  return useQuery({
    queryKey: ['config', 'resolve', name],
    queryFn: () => take(api.GET('/api/v1/models/resolve', { params: { query: { name } } })),
    enabled: name !== '',
  });
}

/**
 * All models of the catalogue, connected or not. They change with the program, or with an update of the catalogue,
 * whose revision is part of the question; so they are loaded once and searched here.
 */
export function useCatalogModels(options: { off?: boolean } = {}) {
  const source = useCatalogSource();
  const update = source.data?.update?.revision ?? 0;
  return useQuery({
    queryKey: ['session', 'catalog', 'models', update],
    queryFn: () => take(api.GET('/api/v1/catalog/models')),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: !options.off && !source.isPending,
  });
}

/** Where the catalogue's models and prices come from. */
export function useCatalogSource() {
  return useQuery({
    queryKey: ['config', 'catalog', 'update'],
    queryFn: () => take(api.GET('/api/v1/catalog/update')),
  });
}

/** The providers that the catalogue knows. They change with the program only. */
export function useCatalogProviders() {
  return useQuery({
    queryKey: ['session', 'catalog', 'providers'],
    queryFn: () => take(api.GET('/api/v1/catalog/providers')),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
