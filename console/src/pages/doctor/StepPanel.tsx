import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { counted, duration } from '@/format';
import { ErrorState } from '@/parts/ErrorState';
import { Lines } from '@/parts/Loading';
import { Panel } from '@/parts/Panel';
import { Tag } from '@/parts/Tag';
import classes from './doctor.module.css';
import { FindingItem } from './FindingItem';
import { type StepReport, TRANSACTION, useMend, useStep } from './queries';
import { findingsOf, standing } from './words';

const TITLES: Record<number, string> = {
  1: 'Payment details',
  2: 'Gateway configuration',
  3: 'Simulated transaction',
  4: 'Server',
};

/** One step: what it found, and, folded, what it looked at besides. */
export function StepPanel({ number, probe }: { number: number; probe: boolean }) {
  const { data, error, isFetching, refetch } = useStep(number, probe);
  const step = data?.steps[0];
  const [tone, words] = step ? standing([step]) : (['neutral', 'not run'] as const);
  const sells = number === TRANSACTION;
  return (
    <Panel
      title={`${number} · ${TITLES[number] ?? ''}`}
      aside={
        <>
          {step && !isFetching && <Tag tone={tone}>{words}</Tag>}
          {sells && step && (
            <Button size="xs" variant="default" loading={isFetching} onClick={() => void refetch()}>
              Make it again
            </Button>
          )}
        </>
      }
    >
      {error ? (
        <ErrorState error={error} retry={() => void refetch()} compact />
      ) : step ? (
        <Told step={step} probe={probe} />
      ) : sells ? (
        <Offer busy={isFetching} make={() => void refetch()} />
      ) : (
        <Lines count={2} />
      )}
    </Panel>
  );
}

/** What the transaction is, before it is made. */
function Offer({ busy, make }: { busy: boolean; make: () => void }) {
  return (
    <div className={classes.offer}>
      <p>
        A team of the doctor's buys from the sandbox provider, through the gateway's own listener: without a
        key, with an empty wallet, paid, too dear, over a budget, and many calls at once. Then everything is
        removed. History and ledger keep what happened, under the name <code>tollgate-doctor</code>.
      </p>
      <Button loading={busy} onClick={make}>
        Make the transaction
      </Button>
    </div>
  );
}

function Told({ step, probe }: { step: StepReport; probe: boolean }) {
  const mend = useMend(step.number, probe);
  const findings = findingsOf(step);
  const fix = async (id: string) => {
    const { fixed } = await mend.mutateAsync(id);
    for (const { subject, did, done } of fixed ?? []) {
      notifications.show({ color: done ? undefined : 'red', title: subject, message: did });
    }
  };
  return (
    <div className={classes.step}>
      {findings.length > 0 && (
        <ul className={classes.findings}>
          {findings.map(({ check, finding }) => (
            <FindingItem
              key={`${check.id} ${finding.subject} ${finding.detail}`}
              id={check.id}
              finding={finding}
              mending={mend.isPending && mend.variables === check.id}
              mend={() => void fix(check.id)}
            />
          ))}
        </ul>
      )}
      {mend.error && <ErrorState error={mend.error} compact />}
      <Passed step={step} />
      <Unknown step={step} />
    </div>
  );
}

/** What was looked at and found in order; the parts of the transaction with their times. */
function Passed({ step }: { step: StepReport }) {
  const passed = step.checks.filter(({ state }) => state === 'passed');
  if (passed.length === 0) return null;
  return (
    <details className={classes.more} open={step.number === TRANSACTION}>
      <summary>{counted(passed.length, 'check')} found nothing</summary>
      <ul className={classes.passed}>
        {passed.map(({ id, title, took }) => (
          <li key={id}>
            <Tag tone="ok" quiet>
              pass
            </Tag>
            <span>{title}</span>
            {took !== undefined && took !== null && <span className={classes.took}>{duration(took)}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What could not be told, and why. */
function Unknown({ step }: { step: StepReport }) {
  const unknown = step.checks.filter(({ state }) => state === 'unknown');
  if (unknown.length === 0) return null;
  return (
    <details className={classes.more}>
      <summary>{counted(unknown.length, 'check')} could not be told</summary>
      <ul className={classes.passed}>
        {unknown.map(({ id, title, unknown: why }) => (
          <li key={id}>
            <Tag quiet>unknown</Tag>
            <span>
              {title} <span className={classes.took}>{why}</span>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
