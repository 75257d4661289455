import { IconFlask } from '@tabler/icons-react';
import { useCan } from '@/api/session';
import { useLiveSums } from '@/api/usage';
import { LinkButton } from '@/parts/LinkButton';
import { PageHeader } from '@/parts/PageHeader';
import { RangePicker } from '@/parts/RangePicker';
import { useParam, useTeam } from '@/search';
import { useUsualRange } from '../calls/usualRange';
import { Courses } from './Courses';
import { FirstRun } from './FirstRun';
import { NewestCalls } from './NewestCalls';
import classes from './overview.module.css';
import { Refusals } from './Refusals';
import { Spending } from './Spending';
import { Tiles } from './Tiles';
import { Troubles } from './Troubles';
import { useNewest } from './useNewest';

/** How the gateway does: what was called, what it cost, what was refused and why; as it happens. */
export default function Page() {
  const usual = useUsualRange();
  const [range = usual, setRange] = useParam('range');
  const team = useTeam();
  const canTry = useCan('models:try');
  const newest = useNewest(team);
  useLiveSums();
  const view = { range, team };
  const nothing = newest.calls?.length === 0;

  return (
    <>
      <PageHeader
        title="Overview"
        action={
          <>
            {!nothing && (
              <RangePicker
                value={range}
                onChange={(value) => setRange(value === usual ? undefined : value)}
              />
            )}
            {canTry && (
              <LinkButton size="xs" to="/playground" leftSection={<IconFlask size={14} />}>
                Try a model
              </LinkButton>
            )}
          </>
        }
      />
      <div className={classes.page}>
        <Troubles />
        {newest.began && !team && <FirstRun first={newest.calls?.at(-1)} />}
        {!nothing && (
          <>
            <Tiles {...view} />
            <Courses {...view} />
            <div className={classes.split}>
              <NewestCalls {...newest} />
              <Refusals {...view} />
            </div>
            <Spending {...view} />
          </>
        )}
      </div>
    </>
  );
}
