import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import { api, take } from '@/api/client';
import type { Session } from '@/api/session';
import { ErrorState } from '@/parts/ErrorState';
import { Lines } from '@/parts/Loading';
import { useParam } from '@/search';
import { DeadLink } from './DeadLink';
import { Frame } from './Frame';
import { isDead, LinkForm } from './LinkForm';
import { safeNext } from './next';
import { PasswordForm } from './PasswordForm';
import { SignedInAlready } from './SignedInAlready';
import { useEnter } from './useEnter';
import { useLinkToken } from './useLinkToken';
import { useSignedIn } from './useSignedIn';

/** Where one comes in: by name and password, or by a one-time link, whose secret stands behind the `#`. */
export default function Page() {
  const [token, forget] = useLinkToken();
  return token ? <ByLink key={token} token={token} onGiveUp={forget} /> : <ByName />;
}

function ByName() {
  const { pending, session } = useSignedIn();
  if (pending) return <Waiting />;
  return session ? <GoOn session={session} /> : <PasswordForm />;
}

/** Whoever is signed in already has nothing to do here. */
function GoOn({ session }: { session: Session }) {
  const [next] = useParam('next');
  const enter = useEnter();
  const go = useEffectEvent(() => enter(session, safeNext(next)));
  useEffect(() => go(), []);
  return <Waiting />;
}

function ByLink({ token, onGiveUp }: { token: string; onGiveUp: () => void }) {
  const { pending, session, forget } = useSignedIn();
  const link = useQuery({
    queryKey: ['session', 'link', token],
    queryFn: () => take(api.POST('/api/v1/invitations/check', { body: { token } })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const name = session?.person.name;
  if (isDead(link.error) && !pending) return <DeadLink signedIn={name} onGiveUp={onGiveUp} />;
  if (link.error && !isDead(link.error)) {
    return (
      <Frame title="Sign in">
        <ErrorState error={link.error} retry={() => void link.refetch()} />
      </Frame>
    );
  }
  if (!link.data || pending) return <Waiting />;
  if (name) return <SignedInAlready name={name} onLeft={forget} />;
  return <LinkForm token={token} invitation={link.data} onGiveUp={onGiveUp} />;
}

function Waiting() {
  return (
    <Frame title="Sign in">
      <Lines count={4} />
    </Frame>
  );
}
