import { useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '@/api/client';
import { useLiveCalls } from '@/api/live';

/** A call: all that is kept of it, and the story that it tells. */
export interface Told {
  record: Schemas['Call'];
  story: Schemas['Story'];
}

/**
 * A call and its story. Neither changes any more once it is there; where it is not, the stream of calls tells
 * when it has ended.
 */
export function useCall(id: string): { told?: Told; error: Error | null; retry: () => void } {
  const query = useQuery({
    queryKey: ['calls', 'told', id],
    queryFn: async (): Promise<Told> => {
      const params = { params: { path: { id } } };
      const [record, story] = await Promise.all([
        take(api.GET('/api/v1/calls/{id}', params)),
        take(api.GET('/api/v1/calls/{id}/explain', params)),
      ]);
      return { record, story };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const retry = () => void query.refetch();
  useLiveCalls(({ items }) => {
    if (!query.data && items.some((call) => call.id === id)) retry();
  });
  return { told: query.data, error: query.error, retry };
}
