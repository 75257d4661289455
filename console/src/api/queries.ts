/** How questions to the API are kept, asked again and turned into pages. */
import {
  type InfiniteData,
  MutationCache,
  QueryCache,
  QueryClient,
  type QueryKey,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import { api, type Schemas, take } from './client';
import { ProblemError } from './problem';

/**
 * The first word of a query key says what makes its answer old:
 * `config` a new revision, `calls` new calls, `money` either of them, `node` time.
 */
export type Family = 'config' | 'calls' | 'money' | 'node' | 'session';

/** The store of answers. `onSignedOut` is called when an answer says that nobody is signed in. */
export function createQueries(onSignedOut: () => void): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof ProblemError && error.status === 401) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => failures < 2 && !(error instanceof ProblemError && error.status >= 400),
      },
    },
  });
}

/** What a table needs of a list that comes a page at a time. Spread it into `DataTable`. */
export interface Paged<T> {
  rows: T[] | undefined;
  error: Error | null;
  retry: () => void;
  more: { has: boolean; busy: boolean; load: () => void };
}

interface PageOf<T> {
  items: T[];
  next?: string | null;
}

/**
 * A list with a cursor: `load` gets the cursor of the page, undefined for the first.
 * `usePaged(['calls', filter], (before) => take(api.GET('/api/v1/calls', { params: { query: { ...filter, before } } })))`
 */
export function usePaged<T>(
  key: readonly [Family, ...unknown[]],
  load: (cursor: string | undefined) => Promise<PageOf<T>>,
  options: {
    /** For lists that only grow: what is loaded is asked for again when the page is opened, and not before. */
    steady?: boolean;
    /** How often it is looked at anew while no more than its first page is loaded, in milliseconds. */
    every?: number;
  } = {},
): Paged<T> {
  const query = useInfiniteQuery<PageOf<T>, Error, InfiniteData<PageOf<T>>, QueryKey, string | undefined>({
    queryKey: key,
    queryFn: ({ pageParam }) => load(pageParam),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : (options.every ?? false)),
    ...(options.steady && { staleTime: Number.POSITIVE_INFINITY, refetchOnMount: 'always' as const }),
  });
  return {
    rows: query.data?.pages.flatMap((page) => page.items),
    error: query.error,
    retry: () => void query.refetch(),
    more: {
      has: query.hasNextPage,
      busy: query.isFetchingNextPage,
      load: () => void query.fetchNextPage(),
    },
  };
}

/** The teams, for the scope bar and for forms. */
export function useTeams() {
  return useQuery({
    queryKey: ['config', 'resources', 'Team'],
    queryFn: () => take(api.GET('/api/v1/resources', { params: { query: { kind: 'Team', limit: 1000 } } })),
  });
}

/** What the codes of refusals mean, by code. They change with the program only. */
export function useReasons() {
  return useQuery({
    queryKey: ['node', 'reasons'],
    queryFn: async () => {
      const { items } = await take(api.GET('/api/v1/reasons'));
      return new Map(items.map((row) => [row.code, row]));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The resources of a kind, up to a thousand. */
export function useResources(kind: Schemas['Kind']) {
  return useQuery({
    queryKey: ['config', 'resources', kind],
    queryFn: () => take(api.GET('/api/v1/resources', { params: { query: { kind, limit: 1000 } } })),
  });
}

/**
 * A list without its pages, up to so many items; `cut` where there are more. `goOn` is told after each page how
 * many there are, and ends it by false.
 */
export async function collect<T>(
  load: (cursor: string | undefined) => Promise<PageOf<T>>,
  most: number,
  goOn: (loaded: number) => boolean = () => true,
): Promise<{ items: T[]; cut: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await load(cursor);
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (goOn(items.length) && cursor && items.length < most);
  return { items, cut: cursor !== undefined };
}

/** The state of the node: its troubles, and the address of its gateway. */
export function useStatus() {
  return useQuery({ queryKey: ['node', 'status'], queryFn: () => take(api.GET('/api/v1/status')) });
}
