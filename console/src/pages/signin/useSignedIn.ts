import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Session, sessionQuery } from '@/api/session';
import { mayBeSignedIn } from '@/api/signedIn';

/** Whether somebody is signed in with this browser already. */
export interface SignedIn {
  /** It is not known yet. */
  pending: boolean;
  session: Session | undefined;
  /** Says that nobody is, any more. */
  forget: () => void;
}

/** Asks the API who is signed in, where somebody may be; what was loaded before may have ended since. */
export function useSignedIn(): SignedIn {
  const [ask, setAsk] = useState(mayBeSignedIn);
  const query = useQuery({
    ...sessionQuery,
    queryKey: ['session', 'open'],
    enabled: ask,
    retry: false,
    gcTime: 0,
  });
  return {
    pending: ask && query.isPending,
    session: ask ? query.data : undefined,
    forget: () => setAsk(false),
  };
}
