/** What is asked about applications and their keys. */
import { useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '@/api/client';
import { usePaged, useResources } from '@/api/queries';

/** An application by its name, and what its spec says. */
export interface Application {
  name: string;
  title: string;
  team: string;
  revision: number;
}

/** How often sums are looked at anew, in milliseconds. */
const FRESH = 10_000;
/** The time over which calls are counted. */
const DAY = '24h';
/** How many calls of a key are counted at most. */
const COUNTED = 1000;

/** Every application, by name. */
export function useApplications() {
  const { data, error, refetch } = useResources('Application');
  const applications = data?.items.map(({ name, spec, revision }): Application => {
    const { team, title } = spec as Schemas['ApplicationSpec'];
    return { name, title: title || name, team, revision };
  });
  return { applications, cut: Boolean(data?.next), error, retry: () => void refetch() };
}

/** The keys of an application: those that work first. */
export function useKeys(application: string) {
  const table = usePaged(['config', 'keys', application], (after) =>
    take(api.GET('/api/v1/keys', { params: { query: { application, after, limit: 1000 } } })),
  );
  const rank = ({ state }: Schemas['Key']) => (state === 'active' ? 0 : 1);
  return { ...table, rows: table.rows?.toSorted((a, b) => rank(a) - rank(b)) };
}

/** Calls and costs of the last day, by application. */
export function useDayByApplication(team: string | undefined) {
  return useQuery({
    queryKey: ['calls', 'day by application', team ?? ''],
    queryFn: async () => {
      const query = { by: 'application', since: DAY, limit: 1000, team };
      const { items } = await take(api.GET('/api/v1/usage/by', { params: { query } }));
      return new Map(items.map((group) => [group.value ?? '', group]));
    },
    refetchInterval: FRESH,
  });
}

/** The last day of an application, by the hour and as a whole. */
export function useDayOf(application: string) {
  return useQuery({
    queryKey: ['calls', 'day of application', application],
    queryFn: () =>
      take(api.GET('/api/v1/usage', { params: { query: { application, since: DAY, slot: 'hour' } } })),
    refetchInterval: FRESH,
  });
}

/** The question for the last call with a key; live calls set its answer. */
export function lastCallQuery(key: string) {
  return {
    queryKey: ['calls', 'last with key', key],
    queryFn: async () => {
      const { items } = await take(api.GET('/api/v1/calls', { params: { query: { key, limit: 1 } } }));
      return items[0] ?? null;
    },
  };
}

/** The calls with a key in the last day, up to `COUNTED` of them. */
export function useDayOfKey(key: string, enabled: boolean) {
  return useQuery({
    queryKey: ['calls', 'day of key', key],
    queryFn: () => take(api.GET('/api/v1/calls', { params: { query: { key, since: DAY, limit: COUNTED } } })),
    enabled,
  });
}
