import { useLocation } from '@tanstack/react-router';
import { useLayoutEffect, useState } from 'react';

/**
 * The secret of a one-time link, which stands behind the `#` of the address. It is taken out of the address before
 * anything is painted, and from then on is in memory only. The second value forgets it.
 */
export function useLinkToken(): [string | undefined, () => void] {
  const hash = useLocation({ select: (location) => location.hash });
  const [token, setToken] = useState<string>();
  const found = hash.startsWith('tgs_') ? hash : undefined;
  useLayoutEffect(() => {
    if (!found) return;
    setToken(found);
    const { pathname, search } = window.location;
    window.history.replaceState(window.history.state, '', pathname + search);
  }, [found]);
  return [found ?? token, () => setToken(undefined)];
}
