import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '@/api/client';
import { useLiveCalls } from '@/api/live';
import { matches, merged } from '../calls/filter';

type Summary = Schemas['CallSummary'];

const SHOWN = 8;

/** The newest calls of whatever time, as they come. */
export interface Newest {
  /** Undefined while they are on their way; the newest first. */
  calls: Summary[] | undefined;
  /** Whether there was not a single call when the page was opened. */
  began: boolean;
  fresh: ReadonlySet<string>;
  error: Error | null;
  retry: () => void;
}

/** The newest calls of a team or of all of them. */
export function useNewest(team: string | undefined): Newest {
  const [arrived, setArrived] = useState<Summary[]>([]);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const [began, setBegan] = useState(false);
  const query = useQuery({
    queryKey: ['calls', 'newest', team],
    queryFn: () => take(api.GET('/api/v1/calls', { params: { query: { team, limit: SHOWN } } })),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  });
  useLiveCalls(({ items }) => {
    setArrived((before) => [...items, ...before].slice(0, 100));
    setFresh(new Set(items.map(({ id }) => id)));
  });
  const mine = arrived.filter((call) => matches(call, { team }));
  const loaded = query.data?.items;
  if (loaded?.length === 0 && mine.length === 0 && !team && !began) setBegan(true);
  return {
    calls: loaded && merged(loaded, mine, false).slice(0, SHOWN),
    began,
    fresh,
    error: query.error,
    retry: () => void query.refetch(),
  };
}
