import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, type Schemas, take } from '@/api/client';
import { useLiveCalls } from '@/api/live';
import { ProblemError } from '@/api/problem';
import { useCan } from '@/api/session';

/** Milliseconds after the end of an answer when its call is asked for although no event told that it is recorded. */
const PATIENCE = 3_000;
const TRIES = 5;

/** The record of a call, once it is kept: calls are recorded shortly after their end, and an event tells. */
export function useRecord(call: string | undefined, ended: boolean): Schemas['CallRecord'] | undefined {
  const mayRead = useCan('calls:read');
  const [kept, setKept] = useState(false);
  // A whole answer tells its call when it ends, and the event may be there before it.
  const early = useRef(new Set<string>());
  useLiveCalls(({ items, missed }) => {
    if (call && (missed > 0 || items.some(({ id }) => id === call))) setKept(true);
    if (!call) for (const { id } of items) early.current.add(id);
  });
  useEffect(() => {
    if (call && early.current.has(call)) setKept(true);
  }, [call]);
  useEffect(() => {
    if (!ended) return;
    const timer = window.setTimeout(() => setKept(true), PATIENCE);
    return () => window.clearTimeout(timer);
  }, [ended]);
  const { data } = useQuery({
    queryKey: ['session', 'record', call],
    queryFn: () => take(api.GET('/api/v1/calls/{id}', { params: { path: { id: call ?? '' } } })),
    enabled: mayRead && call !== undefined && ended && kept,
    staleTime: Number.POSITIVE_INFINITY,
    retry: (failures, error) => failures < TRIES && error instanceof ProblemError && error.status === 404,
  });
  return data;
}
