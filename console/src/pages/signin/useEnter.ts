import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { setCsrf } from '@/api/client';
import { type Session, sessionQuery } from '@/api/session';
import { noteSignedIn } from '@/api/signedIn';

/** Goes into the console with a session that has just begun, to a path that is one of its own. */
export function useEnter(): (session: Session, path: string) => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (session, path) => {
    // What somebody else has loaded is not theirs.
    queries.removeQueries();
    queries.setQueryData(sessionQuery.queryKey, session);
    setCsrf(session.csrf ?? '');
    noteSignedIn(true);
    void navigate({ href: path, replace: true });
  };
}
