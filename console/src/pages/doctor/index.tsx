import { Button, Switch } from '@mantine/core';
import { IconStethoscope } from '@tabler/icons-react';
import { useCan } from '@/api/session';
import { EmptyState } from '@/parts/EmptyState';
import { PageHeader } from '@/parts/PageHeader';
import { Panel } from '@/parts/Panel';
import { Tag } from '@/parts/Tag';
import { useParam } from '@/search';
import classes from './doctor.module.css';
import { LOOKING, type StepReport, useStep } from './queries';
import { StepPanel } from './StepPanel';
import { standing } from './words';

const STEPS = [1, 2, 3, 4];
const LEAD = 'Looks for what is wrong with money, configuration and server, and says what to do.';

/** What is wrong with money, configuration and server, and what to do about it. */
export default function Page() {
  const may = useCan('doctor:run');
  if (may) return <Examined />;
  return (
    <>
      <PageHeader title="Doctor" lead={LEAD} />
      <EmptyState icon={<IconStethoscope size={20} />} title="Your role runs no doctor">
        It makes a transaction and mends things. Ask an owner or admin for a role that may run it.
      </EmptyState>
    </>
  );
}

function Examined() {
  const [probing, setProbing] = useParam('probe');
  const probe = probing !== undefined;
  const answers = [useStep(1, probe), useStep(2, probe), useStep(4, probe)];
  const busy = answers.some(({ isFetching }) => isFetching);
  const steps = answers.flatMap(({ data }): StepReport[] => data?.steps ?? []);
  const complete = steps.length === LOOKING.length && !busy;
  const [tone, words] = standing(steps);
  return (
    <>
      <PageHeader
        title="Doctor"
        lead={LEAD}
        state={complete ? <Tag tone={tone}>{words}</Tag> : undefined}
        action={
          <>
            <Switch
              label="Ask providers too"
              checked={probe}
              onChange={({ currentTarget }) => setProbing(currentTarget.checked ? 'yes' : undefined)}
            />
            <Button
              variant="default"
              loading={busy}
              onClick={() => {
                for (const { refetch } of answers) void refetch();
              }}
            >
              Run again
            </Button>
          </>
        }
      />
      <div className={classes.page} aria-live="polite">
        {complete && tone === 'ok' && (
          <Panel>
            <EmptyState icon={<IconStethoscope size={20} />} title="Nothing to do" command="tollgate doctor">
              Nothing is wrong with payment details, configuration and server. The simulated transaction below
              tries a sale from end to end; the same runs on the command line, for CI by its exit code.
            </EmptyState>
          </Panel>
        )}
        {STEPS.map((step) => (
          <StepPanel key={step} number={step} probe={probe} />
        ))}
      </div>
    </>
  );
}
