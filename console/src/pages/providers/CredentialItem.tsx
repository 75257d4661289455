import type { Schemas } from '@/api/client';
import { When } from '@/parts/When';
import { adviceFor } from './advice';
import { CredentialTag } from './ConditionTag';
import type { KeySource } from './connected';
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
  const { name, key, state, health, weight = 1 } = credential;
  return (
    <li className={classes.credential}>
      <div className={classes.credentialHead}>
        <strong>{name ?? 'Without a key'}</strong>
        {key && <span className={classes.soft}>{sourceInWords(key)}</span>}
        {weight > 1 && <span className={classes.soft}>weight {weight}</span>}
        <span className={classes.end}>
          <CredentialTag credential={credential} />
        </span>
      </div>
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

/** Where a key comes from: `stored as openai-key`. */
export function sourceInWords(key: KeySource): string {
  if ('secret' in key) return `stored as ${key.secret}`;
  return 'env' in key ? `from the variable ${key.env}` : `from the file ${key.file}`;
}
