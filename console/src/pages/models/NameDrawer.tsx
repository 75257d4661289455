import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { ProblemError } from '@/api/problem';
import { useCan } from '@/api/session';
import { count } from '@/format';
import { EmptyState } from '@/parts/EmptyState';
import { ErrorState } from '@/parts/ErrorState';
import { LinkButton } from '@/parts/LinkButton';
import { Lines } from '@/parts/Loading';
import { SideDrawer } from '@/parts/SideDrawer';
import { useChangeParams } from '@/search';
import { DeleteModel } from './DeleteModel';
import { unknownName } from './find';
import { STRATEGIES } from './form';
import classes from './models.module.css';
import { PriceList } from './PriceList';
import { useMeaning } from './queries';

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
  return (
    <>
      <Deeds model={data} />
      <p className={classes.lead}>{sentence(data)}</p>
      <ol className={classes.targetList}>
        {data.targets.map((target, place) => (
          <TargetItem
            key={`${target.provider}/${target.model}`}
            target={target}
            place={place + 1}
            share={
              data.strategy === 'weighted' && data.targets.length > 1 ? shareOf(target, data) : undefined
            }
          />
        ))}
      </ol>
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

function TargetItem(props: { target: Schemas['CallableTarget']; place: number; share: string | undefined }) {
  const { target, place, share } = props;
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
      <PriceList price={target.price} />
    </li>
  );
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
