import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { ProblemError } from '@/api/problem';
import { useResources } from '@/api/queries';
import { useCan } from '@/api/session';
import { count, time } from '@/format';
import { EmptyState } from '@/parts/EmptyState';
import { ErrorState } from '@/parts/ErrorState';
import { Facts } from '@/parts/Facts';
import { LinkButton } from '@/parts/LinkButton';
import { Lines } from '@/parts/Loading';
import { SideDrawer } from '@/parts/SideDrawer';
import { Tag } from '@/parts/Tag';
import { useChangeParams } from '@/search';
import { DeleteModel } from './DeleteModel';
import { unknownName } from './find';
import { STRATEGIES } from './form';
import classes from './models.module.css';
import { PriceList } from './PriceList';
import { useConditions, useMeaning } from './queries';
import { conditionInWords, phrasesOf, rulesOf } from './words';

/** What a name means: where a call of it would go, in which order, and at which price. */
export function NameDrawer({ name }: { name: string | undefined }) {
  const change = useChangeParams();
  return (
    <SideDrawer opened={name !== undefined} onClose={() => change({ open: undefined })} title={name}>
      {name !== undefined && <Meaning key={name} name={name} />}
    </SideDrawer>
  );
}

function Meaning({ name }: { name: string }) {
  const { data, error, refetch } = useMeaning(name);
  if (error instanceof ProblemError && error.status === 404) {
    return <EmptyState title="A call of this name is refused">{unknownName(error.detail)}</EmptyState>;
  }
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!data) return <Lines count={6} />;
  return <Whole model={data} />;
}

function Whole({ model }: { model: Schemas['CallableModel'] }) {
  const { rule, strategy, targets } = model;
  const models = useResources('Model');
  const conditions = useConditions();
  const found = rule && models.data?.items.find(({ name }) => name === rule.name);
  const spec = found ? (found.spec as Schemas['ModelSpec']) : undefined;
  const several = targets.length > 1;
  const rules = rulesOf(spec ?? {});
  return (
    <>
      <Deeds model={model} />
      <p className={classes.lead}>{sentence(model)}</p>
      <ol className={classes.targetList}>
        {targets.map((target, place) => (
          <TargetItem
            // biome-ignore lint/suspicious/noArrayIndexKey: the same target may stand twice, with other conditions
            key={place}
            target={target}
            said={spec?.targets[place]}
            place={place + 1}
            share={strategy === 'weighted' && several ? shareOf(target, model) : undefined}
            condition={
              several && conditions.data
                ? (conditions.data.items.find(
                    (each) => each.provider === target.provider && each.model === target.model,
                  ) ?? null)
                : undefined
            }
          />
        ))}
      </ol>
      {rules.some(([, said]) => said) && (
        <section>
          <h3 className={classes.heading}>For all of them</h3>
          <Facts facts={rules} />
        </section>
      )}
    </>
  );
}

function sentence({ rule, strategy, targets }: Schemas['CallableModel']): string {
  const whose = rule ? 'A model of your own' : 'A provider’s own name';
  if (targets.length === 1) return `${whose}. A call of it goes to one target.`;
  return `${whose}. ${STRATEGIES.find(({ value }) => value === strategy)?.says}`;
}

function shareOf({ weight }: Schemas['CallableTarget'], { targets }: Schemas['CallableModel']): string {
  const total = targets.reduce((sum, target) => sum + target.weight, 0);
  return `${Math.round((weight / Math.max(total, 1)) * 100)} % of calls`;
}

function TargetItem(props: {
  target: Schemas['CallableTarget'];
  /** What the model's spec says of it, where it is a model of one's own. */
  said: Schemas['TargetSpec'] | undefined;
  place: number;
  share: string | undefined;
  /** How it is doing; null where it was not asked yet, undefined where that is not looked at. */
  condition: Schemas['TargetCondition'] | null | undefined;
}) {
  const { target, said, place, share, condition } = props;
  const phrases = phrasesOf(said ?? {});
  return (
    <li className={classes.target}>
      <div className={classes.targetHead}>
        <span className={classes.place} aria-hidden="true">
          {place}
        </span>
        <h3 className={classes.targetName}>
          <Link to="/providers" search={{ open: target.provider }}>
            {target.provider}
          </Link>
          /{target.model}
        </h3>
        {share && <span className={classes.aside}>{share}</span>}
        {target.max_output && !share && (
          <span className={classes.aside}>answers up to {count(target.max_output)} tokens</span>
        )}
      </div>
      {phrases.length > 0 && <p className={classes.phrases}>{upper(phrases.join('; '))}.</p>}
      {condition !== undefined && <Condition condition={condition ?? undefined} />}
      <PriceList price={target.price} />
    </li>
  );
}

/** How a target is doing, and whether others go first for now. */
function Condition({ condition }: { condition: Schemas['TargetCondition'] | undefined }) {
  const behind = condition?.behind_until;
  return (
    <p className={classes.condition} data-behind={behind ? true : undefined}>
      {behind && (
        <>
          <Tag tone="warn" quiet>
            set back
          </Tag>{' '}
          It failed; the others go first until {time(behind)}.{' '}
        </>
      )}
      {upper(conditionInWords(condition))}.
    </p>
  );
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function Deeds({ model }: { model: Schemas['CallableModel'] }) {
  const { name, rule } = model;
  const change = useChangeParams();
  const mayChange = useCan('configuration:change');
  const mayTry = useCan('models:try');
  const mayRead = useCan('calls:read');
  const [deleting, setDeleting] = useState(false);
  return (
    <Group gap="xs">
      {mayTry && (
        <LinkButton to="/playground" search={{ model: name }}>
          Open in playground
        </LinkButton>
      )}
      {mayRead && (
        <LinkButton to="/calls" search={{ model: name }} variant="default">
          Its calls
        </LinkButton>
      )}
      {mayChange && rule && (
        <>
          <Button variant="default" onClick={() => change({ edit: rule.name })}>
            Edit
          </Button>
          <Button variant="subtle" color="red" onClick={() => setDeleting(true)}>
            Delete
          </Button>
          <DeleteModel rule={rule} opened={deleting} onClose={() => setDeleting(false)} />
        </>
      )}
      {mayChange && !rule && (
        <Button
          variant="default"
          onClick={() =>
            change({ new: `${model.targets[0]?.provider}/${model.targets[0]?.model}`, open: undefined })
          }
        >
          Give it a name of your own
        </Button>
      )}
    </Group>
  );
}
