import type { ReactNode } from 'react';
import type { Schemas } from '@/api/client';
import { count, time } from '@/format';
import { Facts } from '@/parts/Facts';
import { When } from '@/parts/When';
import { adviceFor } from './advice';
import { CredentialTag } from './ConditionTag';
import { ProbeNote } from './ProbeNote';
import classes from './providers.module.css';
import type { Credential } from './rows';

/** One credential: where its key comes from, how it is, and what came of testing it. */
export function CredentialItem({
  credential,
  probe,
}: {
  credential: Credential;
  probe?: Schemas['ProbeView'];
}) {
  const { name, access, state, health, weight = 1 } = credential;
  return (
    <li className={classes.credential}>
      <div className={classes.credentialHead}>
        <strong>{name ?? 'Without a key'}</strong>
        {access && <span className={classes.soft}>{access}</span>}
        {weight > 1 && <span className={classes.soft}>weight {weight}</span>}
        <span className={classes.end}>
          <CredentialTag credential={credential} />
        </span>
      </div>
      {health?.limits && <Limits limits={health.limits} />}
      {(state === 'cooling' || state === 'failing') && health && !probe && (
        <div className={classes.failure}>
          <p>
            <strong>{adviceFor(health.class).title}.</strong> {adviceFor(health.class).todo}
          </p>
          <p className={classes.soft}>
            {health.since && (
              <>
                Since <When at={health.since} />
              </>
            )}
            {health.until && state === 'cooling' && (
              <>
                , tried again <When at={health.until} />
              </>
            )}
            {state === 'failing' && ', tried again by the next call'}
          </p>
          {health.error && <p className={classes.quote}>{health.error}</p>}
        </div>
      )}
      {state === 'unread' && !probe && (
        <div className={classes.failure}>
          <p>{adviceFor(undefined).todo}</p>
        </div>
      )}
      {probe && <ProbeNote probe={probe} />}
    </li>
  );
}

/** How much of its limits is left, where it has any, and what its provider says. */
function Limits({ limits }: { limits: Schemas['LimitsView'] }) {
  const { requests, tokens, concurrent, under_way: now, used_up_until: empty, tokens_told: told } = limits;
  const busy = now > 0 || concurrent ? `${count(now)}${concurrent ? ` of ${count(concurrent)}` : ''}` : '';
  const facts: [string, ReactNode][] = [
    ['Under way', busy && `${busy} calls`],
    ['Requests left', requests && <Left key="requests" {...requests} />],
    ['Tokens left', tokens && <Left key="tokens" {...tokens} />],
    ['By its provider', told !== undefined && told !== null ? `${count(told)} tokens left` : undefined],
    ['Nothing left until', empty && time(empty)],
  ];
  if (!facts.some(([, value]) => value)) return null;
  return <Facts facts={facts} />;
}

/** What is left of a limit per minute, as a number and as a bar. */
function Left({ most, left }: Schemas['LimitView']) {
  return (
    <span className={classes.left}>
      <span>
        {count(left)} of {count(most)} a minute
      </span>
      <span className={classes.leftBar} aria-hidden="true">
        <i style={{ width: `${most > 0 ? Math.min((left / most) * 100, 100) : 0}%` }} />
      </span>
    </span>
  );
}
