/** Questions about revisions. A revision never changes; only which of them are the newest does. */
import { useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '@/api/client';
import { usePaged } from '@/api/queries';

export type Revision = Schemas['Revision'];

/** Which resources to tell of; all of them where nothing is said. */
export interface Filter {
  kind?: string;
  name?: string;
}

const PAGE = 50;
/** New revisions are counted up to so many. */
export const MOST_NEW = 20;

/** Below this lies what does not load anew by itself; invalidate it after a change. */
export const LIST_KEY = ['node', 'history', 'list'] as const;

function load(filter: Filter, limit: number, before?: number) {
  return take(api.GET('/api/v1/history', { params: { query: { ...filter, before, limit } } }));
}

/** The revisions, newest first. They stay as they are until they are asked for again, so that no row moves away. */
export function useRevisions(filter: Filter) {
  return usePaged<Revision>(
    [...LIST_KEY, filter],
    (before) => load(filter, PAGE, before === undefined ? undefined : Number(before)),
    { steady: true },
  );
}

/** How many revisions came after the newest that is shown, up to `MOST_NEW`. */
export function useNewer(filter: Filter, shown: number | undefined): number {
  const newest = useQuery({
    queryKey: ['config', 'history', 'newest', filter],
    queryFn: () => load(filter, MOST_NEW),
    enabled: shown !== undefined,
  });
  return newest.data?.items.filter(({ revision }) => revision > (shown ?? 0)).length ?? 0;
}

/** One revision, taken from the list where it is there; null where there is none of this number. */
export function useRevision(wanted: number | undefined, listed: Revision[] | undefined) {
  const known = listed?.find(({ revision }) => revision === wanted);
  return useQuery({
    queryKey: ['node', 'history', 'one', wanted],
    queryFn: async () => {
      const { items } = await load({}, 1, (wanted ?? 0) + 1);
      return items.find(({ revision }) => revision === wanted) ?? null;
    },
    enabled: wanted !== undefined,
    initialData: known,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The newest revision of a resource, which says what is there now, and the one before the given. */
export function useAround({ kind, name, revision }: Revision) {
  const now = useQuery({
    queryKey: ['config', 'history', 'now', kind, name],
    queryFn: async () => (await load({ kind, name }, 1)).items[0] ?? null,
  });
  const previous = useQuery({
    queryKey: ['node', 'history', 'previous', kind, name, revision],
    queryFn: async () => (await load({ kind, name }, 1, revision)).items[0] ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const there = now.data !== undefined && previous.data !== undefined;
  return {
    around: there ? { now: now.data ?? undefined, previous: previous.data ?? undefined } : undefined,
    error: now.error ?? previous.error,
  };
}
