import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '@/api/client';
import { ProblemError, problemFrom } from '@/api/problem';
import { noteSignedIn } from '@/api/signedIn';

/** Ends this session, or all of the person's, forgets what was loaded, and shows the sign-in. */
export function useSignOut(): (where: 'here' | 'everywhere') => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async (where) => {
    try {
      await (where === 'here' ? api.DELETE('/api/v1/session') : api.DELETE('/api/v1/sessions'));
    } catch (error) {
      const { status, title, detail } = problemFrom(error);
      // A session that is over already is what was wanted.
      if (!(error instanceof ProblemError) || status !== 401) {
        notifications.show({ color: 'red', title, message: detail });
        return;
      }
    }
    noteSignedIn(false);
    await navigate({ to: '/signin', search: {} });
    queries.clear();
  };
}
