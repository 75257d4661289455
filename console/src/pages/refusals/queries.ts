/** What is asked about refusals, and how keys are changed so that they end. */
import { keepPreviousData, type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { api, type Schemas, take } from '@/api/client';
import { useLiveCalls } from '@/api/live';
import { type Paced, paced } from '@/api/paced';
import { replaceResource } from '@/api/resources';
import type { paths } from '@/api/schema';

/** Which groups to look at. */
export type RefusalFilter = NonNullable<paths['/api/v1/refusals']['get']['parameters']['query']>;

const DESK = ['calls', 'refusals'] as const;
/** Milliseconds from one question to the next, however many calls end. */
const PACE = 2_000;
/** How often it is looked anew, in milliseconds, since what nobody tries any more goes quiet by itself. */
const FRESH = 30_000;

/** Who was refused, why, since when, and what to do. */
export function useRefusals(filter: RefusalFilter) {
  return useQuery({
    queryKey: [...DESK, filter],
    queryFn: () => take(api.GET('/api/v1/refusals', { params: { query: filter } })),
    placeholderData: keepPreviousData,
    refetchInterval: FRESH,
  });
}

/** Has the desk asked for anew when calls have ended, refused or answered, at most every two seconds. */
export function useLiveRefusals(): void {
  const queries = useQueryClient();
  const refresh = useRef<Paced>(undefined);
  useEffect(() => {
    const pace = paced(() => queries.invalidateQueries({ queryKey: DESK }), PACE);
    refresh.current = pace;
    return pace.stop;
  }, [queries]);
  useLiveCalls(() => refresh.current?.ask());
}

/** Changes a part of a key and leaves the rest of it as it is. */
export async function changeKey(
  name: string,
  change: (spec: Schemas['KeySpec']) => Partial<Schemas['KeySpec']>,
): Promise<void> {
  const path = { kind: 'Key', name };
  const present = await take(api.GET('/api/v1/resources/{kind}/{name}', { params: { path } }));
  const spec = present.spec as Schemas['KeySpec'];
  await replaceResource({ kind: 'Key', name, revision: present.revision }, { ...spec, ...change(spec) });
}

/** After something was done: what is known of configuration, money and refusals is old. */
export async function refresh(queries: QueryClient): Promise<void> {
  const old = [['config'], ['money'], DESK];
  await Promise.all(old.map((queryKey) => queries.invalidateQueries({ queryKey })));
}
