/** Who is signed in, and what they may do. */
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, use } from 'react';
import { api, type Schemas, setCsrf, take } from './client';
import { ProblemError } from './problem';
import type { Permission } from './schema';

/** The session as `GET /api/v1/session` tells it. */
export type Session = Schemas['Session'];

const Context = createContext<Session | undefined>(undefined);

/** The question behind the session; whoever signs in or out sets or forgets the answer at its key. */
export const sessionQuery = {
  queryKey: ['session'],
  queryFn: async () => {
    const session = await take(api.GET('/api/v1/session'));
    setCsrf(session.csrf ?? '');
    return session;
  },
  staleTime: Number.POSITIVE_INFINITY,
} as const;

/** Gives its children the session; until it is there, `pending`, and `failed` if it cannot be had. */
export function SessionProvider(props: {
  children: ReactNode;
  pending: ReactNode;
  failed: (error: Error, retry: () => void) => ReactNode;
}) {
  // Meanwhile the session may have ended elsewhere, or the role become another.
  const query = useQuery({ ...sessionQuery, refetchOnWindowFocus: 'always' });
  if (query.data) return <Context value={query.data}>{props.children}</Context>;
  const signedOut = query.error instanceof ProblemError && query.error.status === 401;
  if (query.error && !signedOut) return props.failed(query.error, () => void query.refetch());
  return props.pending;
}

/** The session; only below `SessionProvider`, which is all pages but the sign-in. */
export function useSession(): Session {
  const session = use(Context);
  if (!session) throw new Error('useSession belongs below SessionProvider');
  return session;
}

/** Whether the person may do something, such as `keys:manage`. What one may not do is not shown. */
export function useCan(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}
