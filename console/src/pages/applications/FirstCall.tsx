import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { useLive, useLiveCalls } from '@/api/live';
import { useReasons } from '@/api/queries';
import { Money } from '@/parts/Money';
import { StatusBadge } from '@/parts/StatusBadge';
import classes from './applications.module.css';
import { lastCallQuery } from './queries';

/** How often calls are asked for where they do not come by themselves, in milliseconds. */
const ASK_AGAIN = 3_000;

/** Waits for the first call with a new key, and says how it went. */
export function FirstCall({ name }: { name: string }) {
  const [came, setCame] = useState<Schemas['CallSummary']>();
  const live = useLive();
  useLiveCalls(({ items }) => {
    const ours = items.find((call) => call.key === name);
    if (ours && !came) setCame(ours);
  });
  // What came before this was there to listen, and what comes while events do not.
  const before = useQuery({
    ...lastCallQuery(name),
    refetchInterval: ({ state }) => (live === 'live' || state.data ? false : ASK_AGAIN),
  });
  const call = came ?? before.data;
  return (
    <div role="status">
      {call ? (
        <Came call={call} />
      ) : (
        <div className={classes.first}>
          <i className={classes.pulse} aria-hidden="true" />
          <div>
            <strong>Waiting for the first call with this key</strong>
            <div className={classes.soft}>Run the code above. It is noticed here by itself.</div>
          </div>
        </div>
      )}
    </div>
  );
}

function Came({ call }: { call: Schemas['CallSummary'] }) {
  const reasons = useReasons();
  const good = call.ending === 'completed' && call.status < 400;
  const why = call.reason && (reasons.data?.get(call.reason)?.title ?? call.reason);
  return (
    <div className={classes.first} data-tone={good ? 'ok' : 'warn'}>
      {good ? <IconCircleCheck size={20} /> : <IconAlertTriangle size={20} />}
      <div>
        <strong>{good ? 'First call received' : 'The first call came, and did not succeed'}</strong>
        <div className={classes.numbers}>
          <span>{call.model}</span>
          <StatusBadge status={call.status} ending={call.ending} quiet />
          <Money amount={call.cost} />
          {why && <span>{why}</span>}
        </div>
      </div>
      <Link to="/calls/$id" params={{ id: call.id }}>
        See the call
      </Link>
    </div>
  );
}
