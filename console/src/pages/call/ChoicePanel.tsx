import { Link } from '@tanstack/react-router';
import type { Schemas } from '@/api/client';
import { Panel } from '@/parts/Panel';
import { Tag } from '@/parts/Tag';
import { STRATEGIES } from '../models/form';
import classes from './call.module.css';
import { resourceLink } from './links';
import type { Told } from './useCall';

/** In which order targets would be asked and by which numbers, what came of each, and which were left out and why. */
export function ChoicePanel({ record }: Pick<Told, 'record'>) {
  const { choice, attempts = [] } = record;
  if (!choice) return null;
  const { strategy, order = [], skipped = [] } = choice;
  const known = STRATEGIES.find(({ value }) => value === strategy);
  return (
    <Panel title="Why this target">
      <p className={classes.strategy}>
        <b>{known?.label ?? strategy}.</b> {known?.says}
      </p>
      {order.length > 0 && (
        <ol className={classes.order}>
          {order.map((ranked, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same target may stand twice
            <li key={place}>
              <Target {...ranked} />
              {ranked.by && <span className={classes.by}>{ranked.by}</span>}
              <Came ranked={ranked} attempts={attempts} />
            </li>
          ))}
        </ol>
      )}
      {skipped.length > 0 && (
        <>
          <h3 className={classes.leftOut}>Left out</h3>
          <ul className={classes.skipped}>
            {skipped.map((each) => (
              <li key={`${each.provider}/${each.model}/${each.credential}/${each.why}`}>
                <Target {...each} />
                {each.credential && <span className={classes.by}>credential {each.credential}</span>}{' '}
                <span>{each.why}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function Target({ provider, model }: { provider: string; model: string }) {
  return (
    <span className={classes.targetName}>
      <Link {...resourceLink('Provider', provider)}>{provider}</Link> {model}
    </span>
  );
}

/** What came of a target that was asked. */
function Came({ ranked, attempts }: { ranked: Schemas['Ranked']; attempts: Schemas['Attempt'][] }) {
  const tries = attempts.filter(
    ({ provider, model }) => provider === ranked.provider && model === ranked.model,
  );
  if (tries.length === 0) return null;
  const good = tries.some(({ failure }) => !failure);
  return (
    <Tag tone={good ? 'ok' : 'bad'} quiet>
      {good ? 'answered' : 'failed'}
    </Tag>
  );
}
