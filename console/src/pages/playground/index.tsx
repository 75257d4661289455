import { Button } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useCan } from '@/api/session';
import { EmptyState } from '@/parts/EmptyState';
import { ErrorState } from '@/parts/ErrorState';
import { PageSkeleton } from '@/parts/Loading';
import { PageHeader, useTab } from '@/parts/PageHeader';
import { Code } from './Code';
import { Conversation } from './Conversation';
import { ParameterFields } from './ParameterFields';
import classes from './playground.module.css';
import { TaskDesk } from './TaskDesk';
import { usePlayground } from './usePlayground';
import { WhoAndWhat } from './WhoAndWhat';

const TABS = [
  { value: 'conversation', label: 'Conversation' },
  { value: 'tasks', label: 'Tasks' },
  { value: 'code', label: 'As code' },
];

const LEAD = 'Calls from here are real: they are recorded, and the application’s team pays.';

export default function Page() {
  const mayTry = useCan('models:try');
  if (mayTry) return <Desk />;
  return (
    <>
      <PageHeader title="Playground" lead={LEAD} />
      <EmptyState icon={<IconFlask size={20} />} title="Your role makes no calls from here">
        Calls cost money. Ask an owner or admin for a role that may make them.
      </EmptyState>
    </>
  );
}

function Desk() {
  const playground = usePlayground();
  const tab = useTab(TABS);
  const { applications, failed, turns } = playground;
  return (
    <>
      <PageHeader
        title="Playground"
        lead={LEAD}
        tabs={TABS}
        action={
          tab !== 'tasks' &&
          turns.length > 0 && (
            <Button variant="default" onClick={playground.clear}>
              Clear
            </Button>
          )
        }
      />
      {!applications && failed && <ErrorState error={failed} retry={playground.retry} />}
      {!applications && !failed && <PageSkeleton />}
      {applications?.length === 0 && <NoApplication />}
      {applications && applications.length > 0 && (
        <div className={classes.desk} data-wide={tab === 'tasks' || undefined}>
          <WhoAndWhat playground={playground} applications={applications} talks={tab !== 'tasks'} />
          {tab === 'tasks' && <TaskDesk playground={playground} />}
          {tab === 'code' && <Code playground={playground} />}
          {tab === 'conversation' && <Conversation playground={playground} />}
          {tab !== 'tasks' && (
            <ParameterFields parameters={playground.parameters} onChange={playground.setParameters} />
          )}
        </div>
      )}
    </>
  );
}

function NoApplication() {
  return (
    <EmptyState
      icon={<IconFlask size={20} />}
      title="No application to call as"
      command={'tollgate apply -f - <<EOF\nkind: Application\nname: web\nspec: { team: default }\nEOF'}
    >
      Every call belongs to an application, whose team pays for it. Make one, or choose another team above.
    </EmptyState>
  );
}
