/** What calls add up to, and what keeps it up to date without asking when nothing happens. */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { api, take } from './client';
import { useLiveCalls } from './live';
import { type Paced, paced } from './paced';
import type { paths } from './schema';
import { courseOf } from './slots';

/** Which calls to add up, and over which time. */
export type UsageFilter = Omit<
  NonNullable<paths['/api/v1/usage']['get']['parameters']['query']>,
  'by' | 'limit'
>;

/** By what calls can be added up. */
export type Dimension = 'team' | 'application' | 'model' | 'provider' | 'status' | 'ending' | 'reason';

const SUMS = ['calls', 'sums'] as const;
/** Milliseconds from one question for sums to the next, however many calls end. */
const PACE = 2_000;

/** The sums slot by slot. */
export function useUsage(filter: UsageFilter) {
  return useQuery({
    queryKey: [...SUMS, filter],
    queryFn: () => take(api.GET('/api/v1/usage', { params: { query: filter } })),
    placeholderData: keepPreviousData,
  });
}

/** The sums slot by slot, with the slots without calls; undefined while they are on their way. */
export function useCourse(filter: UsageFilter) {
  const query = useUsage(filter);
  const course = useMemo(() => query.data && courseOf(query.data), [query.data]);
  return { ...query, course };
}

/** The sums by value, those with most calls first. */
export function useUsageBy(
  by: Dimension,
  filter: UsageFilter,
  options: { limit?: number; off?: boolean } = {},
) {
  const asked = { ...filter, by, limit: options.limit ?? 20 };
  return useQuery({
    queryKey: [...SUMS, asked],
    queryFn: () => take(api.GET('/api/v1/usage/by', { params: { query: asked } })),
    placeholderData: keepPreviousData,
    enabled: !options.off,
  });
}

/** Has the sums on the page asked for anew when calls have ended, at most every two seconds. */
export function useLiveSums(): void {
  const queries = useQueryClient();
  const refresh = useRef<Paced>(undefined);
  useEffect(() => {
    const pace = paced(() => queries.invalidateQueries({ queryKey: SUMS }), PACE);
    refresh.current = pace;
    return pace.stop;
  }, [queries]);
  useLiveCalls(() => refresh.current?.ask());
}
