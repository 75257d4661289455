import { CloseButton } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { api, type Schemas, take } from '@/api/client';
import { curlOf } from '@/api/gateway';
import { useReasons, useStatus } from '@/api/queries';
import { useCan } from '@/api/session';
import { CodeBlock } from '@/parts/CodeBlock';
import { LinkButton } from '@/parts/LinkButton';
import { Money } from '@/parts/Money';
import { StatusBadge } from '@/parts/StatusBadge';
import classes from './overview.module.css';

/** The beginning: a key, a call, and the call here. Each step ticks itself off. `first` is the first call. */
export function FirstRun({ first }: { first: Schemas['CallSummary'] | undefined }) {
  const [closed, close] = useState(false);
  const status = useStatus();
  const canTry = useCan('models:try');
  const canManage = useCan('keys:manage');
  const keys = useQuery({
    queryKey: ['config', 'keys'],
    queryFn: () => take(api.GET('/api/v1/keys')),
  });
  const key = keys.data?.items.find(({ state }) => state === 'active');
  const hasKey = Boolean(first ?? key);
  if (closed) return null;
  return (
    <section className={classes.first} aria-labelledby="first">
      <div className={classes.firstHead}>
        <h2 id="first" className={classes.firstTitle}>
          {first ? 'Your gateway answers' : 'Three steps to your first call'}
        </h2>
        {first && <CloseButton aria-label="Close the first steps" onClick={() => close(true)} />}
      </div>
      <ol className={classes.steps}>
        <Step number={1} title="Have a key" done={hasKey}>
          {hasKey ? (
            <p className={classes.stepWords}>
              {key ? `Key ${key.name} of application ${key.application} is ready. ` : 'There is one. '}
              {!first && 'It was shown once: where Tollgate began, or where it was made. '}
              {canManage && (
                <Link to="/applications" search={{ new: 'key' }}>
                  Make another
                </Link>
              )}
            </p>
          ) : (
            canManage && (
              <LinkButton size="xs" to="/applications" search={{ new: 'key' }}>
                Make a key
              </LinkButton>
            )
          )}
        </Step>
        <Step number={2} title="Make a call" done={Boolean(first)}>
          {!first && (
            <>
              <p className={classes.stepWords}>
                With the key in <code>TOLLGATE_KEY</code>:
              </p>
              <CodeBlock code={curlOf(status.data?.gateway)} label="curl" />
            </>
          )}
          {canTry && (
            <LinkButton size="xs" variant="default" to="/playground">
              {first ? 'Make the next one in the playground' : 'Try it in the playground'}
            </LinkButton>
          )}
        </Step>
        <Step number={3} title="Watch it appear here" done={Boolean(first)}>
          {first ? <FirstCall call={first} /> : <Waiting />}
        </Step>
      </ol>
    </section>
  );
}

function Step(props: { number: number; title: string; done: boolean; children: ReactNode }) {
  return (
    <li className={classes.step} data-done={props.done || undefined}>
      <span className={classes.mark} aria-hidden="true">
        {props.done ? <IconCheck size={14} stroke={2.5} /> : props.number}
      </span>
      <div className={classes.stepBody}>
        <h3 className={classes.stepTitle}>
          {props.title}
          {props.done && <span className={classes.done}>done</span>}
        </h3>
        <div className={classes.stepText}>{props.children}</div>
      </div>
    </li>
  );
}

function FirstCall({ call }: { call: Schemas['CallSummary'] }) {
  const { id, status, ending, reason, cost, model } = call;
  const { data: reasons } = useReasons();
  return (
    <div role="status">
      <StatusBadge status={status} ending={ending} /> {model} for <Money amount={cost} />
      {reason && `: ${reasons?.get(reason)?.title ?? reason}`}
      {'. '}
      <Link to="/calls/$id" params={{ id }}>
        {reason ? 'See why' : 'See what happened and what it cost'}
      </Link>
    </div>
  );
}

function Waiting() {
  return (
    <span className={classes.waiting} role="status">
      <i aria-hidden="true" /> Waiting for the first call. It comes by itself.
    </span>
  );
}
