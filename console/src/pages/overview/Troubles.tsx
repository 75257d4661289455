import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api, take } from '@/api/client';
import { useLiveCalls } from '@/api/live';
import { useStatus } from '@/api/queries';
import { relative } from '@/format';
import { FAILURE } from '../call/words';
import classes from './overview.module.css';

const FAILED = 500;

/** What does not work as it should: troubles of the node, and providers that are left alone for a while. */
export function Troubles() {
  const status = useStatus();
  const health = useQuery({
    queryKey: ['node', 'health'],
    queryFn: () => take(api.GET('/api/v1/providers/health')),
  });
  const { refetch: askHealth } = health;
  const troubles = status.data?.troubles ?? [];
  const cooling = (health.data?.items ?? []).filter(
    ({ state }) => state === 'cooling_down' || state === 'failing',
  );

  // A call that failed may have sent a provider to rest; one that was served tells that it is back.
  useLiveCalls(({ items }) => {
    const failed = items.some(({ status: answer }) => answer >= FAILED);
    if (failed || cooling.length > 0) void askHealth({ cancelRefetch: false });
  });

  const first = Math.min(
    ...cooling.map(({ state, until }) =>
      until && state === 'cooling_down' ? Date.parse(until) : Number.POSITIVE_INFINITY,
    ),
  );
  useEffect(() => {
    if (!Number.isFinite(first)) return;
    const timer = window.setTimeout(() => void askHealth(), Math.max(first - Date.now(), 0) + 1_000);
    return () => window.clearTimeout(timer);
  }, [first, askHealth]);

  if (troubles.length + cooling.length === 0) return null;
  return (
    <section
      className={classes.troubles}
      aria-label="What does not work as it should"
      data-bad={!status.data?.ready || undefined}
    >
      <IconAlertTriangle size={17} aria-hidden="true" />
      <ul>
        {troubles.map((trouble) => (
          <li key={trouble}>{trouble}</li>
        ))}
        {cooling.map(({ provider, credential, class: failure, state, until }) => (
          <li key={`${provider} ${credential}`}>
            <Link to="/providers" search={{ open: provider }}>
              {provider}
            </Link>
            {credential && ` (credential ${credential})`}{' '}
            {state === 'failing' ? 'has not answered since it failed' : 'is left alone for a while'}
            {failure && `: ${FAILURE[failure]}`}
            {state === 'failing'
              ? ', to be tried by the next call'
              : until && `, to be tried again ${relative(until)}`}
            .
          </li>
        ))}
      </ul>
    </section>
  );
}
