import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '@/api/client';
import { noteSignedIn } from '@/api/signedIn';
import { ErrorState } from '@/parts/ErrorState';
import { Frame } from './Frame';
import classes from './signin.module.css';

/** Asks what to do with a link where somebody is signed in already: it begins another session. */
export function SignedInAlready({ name, onLeft }: { name: string; onLeft: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const work = useMutation({
    mutationFn: () => api.DELETE('/api/v1/session'),
    onSuccess: () => {
      noteSignedIn(false);
      onLeft();
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[1] !== 'link' });
    },
  });
  return (
    <Frame
      title="You are signed in"
      lead={
        <>
          As <strong>{name}</strong>. The link that you opened begins another session; sign out first to use
          it. It stays good until then.
        </>
      }
    >
      <div className={classes.choice}>
        {work.error && <ErrorState error={work.error} compact />}
        <Button fullWidth size="md" loading={work.isPending} onClick={() => work.mutate()}>
          Sign out and use the link
        </Button>
        <Button fullWidth size="md" variant="default" onClick={() => void navigate({ to: '/', search: {} })}>
          Stay signed in
        </Button>
      </div>
    </Frame>
  );
}
