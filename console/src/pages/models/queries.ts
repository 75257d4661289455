/** What the API is asked about models. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, take } from '@/api/client';

/** The names that callers can ask for which contain a text. */
export function useCallable(q: string, options: { limit?: number; off?: boolean } = {}) {
  const query = { q: q || undefined, limit: options.limit };
  return useQuery({
    queryKey: ['config', 'models', query],
    queryFn: () => take(api.GET('/api/v1/models', { params: { query } })),
    placeholderData: keepPreviousData,
    enabled: !options.off,
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

/** Models of the catalogue, connected or not. */
export function useCatalogModels(query: { q?: string; provider?: string; limit?: number }, off = false) {
  return useQuery({
    queryKey: ['session', 'catalog', 'models', query],
    queryFn: () => take(api.GET('/api/v1/catalog/models', { params: { query } })),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: !off,
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
