import { Skeleton } from '@mantine/core';
import { useMemo } from 'react';
import type { Schemas } from '@/api/client';
import { dateTime, relative } from '@/format';
import { format, formatShort } from '@/money';
import { ErrorState } from '@/parts/ErrorState';
import { Panel } from '@/parts/Panel';
import { Tag, type Tone } from '@/parts/Tag';
import { TimeChart } from '@/parts/TimeChart';
import classes from './budgets.module.css';
import { axisOf, courses } from './burndown';
import { outlook } from './projection';
import { useBurndown } from './queries';

const HEIGHT = 240;

/** How a budget goes down over its window, and where it leads. */
export function BurndownPanel({ name, zone }: { name: string; zone: string }) {
  const query = useBurndown(name);
  return (
    <Panel title="Burn-down" aside={`By the calendar of ${zone}`}>
      {query.data && <Chart burndown={query.data} />}
      {query.error && !query.data && <ErrorState error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Skeleton height={HEIGHT + 40} />}
    </Panel>
  );
}

function Chart({ burndown }: { burndown: Schemas['Burndown'] }) {
  const { times, series } = useMemo(() => courses(burndown), [burndown]);
  const axis = useMemo(() => axisOf(burndown.budget.limit), [burndown.budget.limit]);
  const now = burndown.points.at(-1)?.at ?? burndown.budget.starts;
  const { tone, head, text } = words(burndown.budget, now);
  return (
    <>
      <p className={classes.outlook}>
        <Tag tone={tone}>{head}</Tag>
        <span>{text}</span>
      </p>
      <TimeChart
        label="What is left of the budget"
        kind="lines"
        times={times}
        series={series}
        axis={axis}
        height={HEIGHT}
      />
    </>
  );
}

/** Where a budget leads, in words. */
function words(budget: Schemas['BudgetState'], now: string): { tone: Tone; head: string; text: string } {
  const told = outlook(budget, Date.parse(now));
  switch (told.kind) {
    case 'quiet':
      return {
        tone: 'neutral',
        head: 'Nothing spent',
        text: `All of ${format(budget.limit)} is left for the ${budget.window}.`,
      };
    case 'used_up':
      return {
        tone: 'bad',
        head: 'Used up',
        text: `Calls are refused until it begins anew ${relative(budget.ends, Date.parse(now))}, or its limit is raised.`,
      };
    case 'lasts':
      return {
        tone: 'ok',
        head: 'Lasts the window',
        text: `At the pace so far, ${formatShort(told.spentAtEnd)} of ${format(budget.limit)} will be spent when it ends.`,
      };
    case 'runs_out':
      return {
        tone: 'warn',
        head: 'Runs out early',
        text: `At the pace so far, it is used up on ${dateTime(told.at).slice(0, -3)}.`,
      };
  }
}
