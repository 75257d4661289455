import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '@/api/client';
import { sessionQuery } from '@/api/session';
import { ErrorState } from '@/parts/ErrorState';
import { Lines } from '@/parts/Loading';
import { DeadLink } from './DeadLink';
import { Frame } from './Frame';
import { isDead, LinkForm } from './LinkForm';
import { PasswordForm } from './PasswordForm';
import { SignedInAlready } from './SignedInAlready';
import { mayBeSignedIn } from './signedIn';
import { useLinkToken } from './useLinkToken';

/** Where one comes in: by name and password, or by a one-time link, whose secret stands behind the `#`. */
export default function Page() {
  const [token, forget] = useLinkToken();
  return token ? <ByLink key={token} token={token} onGiveUp={forget} /> : <PasswordForm />;
}

function ByLink({ token, onGiveUp }: { token: string; onGiveUp: () => void }) {
  const [ask, setAsk] = useState(mayBeSignedIn);
  const session = useQuery({ ...sessionQuery, enabled: ask });
  const link = useQuery({
    queryKey: ['session', 'link', token],
    queryFn: () => take(api.POST('/api/v1/invitations/check', { body: { token } })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (isDead(link.error)) return <DeadLink onGiveUp={onGiveUp} />;
  if (link.error) {
    return (
      <Frame title="Sign in">
        <ErrorState error={link.error} retry={() => void link.refetch()} />
      </Frame>
    );
  }
  if (!link.data || (ask && session.isPending)) {
    return (
      <Frame title="Sign in">
        <Lines count={4} />
      </Frame>
    );
  }
  if (ask && session.data)
    return <SignedInAlready name={session.data.person.name} onLeft={() => setAsk(false)} />;
  return <LinkForm token={token} invitation={link.data} onGiveUp={onGiveUp} />;
}
