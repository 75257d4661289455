import { useSuspenseQuery } from '@tanstack/react-query';
import { api, take } from '@/api/client';

const USUAL = '24h';
const SHORT = '1h';

/**
 * How far back to look where nothing is said: 24 hours, or the last one where the others were without a call, so
 * that a gateway's first calls are not a single column at the end of an empty day. It is asked for once, and for
 * all calls: neither a filter nor time that goes by changes what somebody looks at.
 */
export function useUsualRange(): string {
  const { data } = useSuspenseQuery({
    queryKey: ['node', 'usual range'],
    queryFn: async () => {
      const query = { since: USUAL, until: SHORT, limit: 1 };
      const before = await take(api.GET('/api/v1/calls', { params: { query } })).catch(() => undefined);
      // What is wrong is told by what the page came for.
      return before?.items.length === 0 ? SHORT : USUAL;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}
