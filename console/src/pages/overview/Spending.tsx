import { SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '@/api/client';
import { type Dimension, useUsageBy } from '@/api/usage';
import { count } from '@/format';
import { compare, perMille } from '@/money';
import { Bars } from '@/parts/Bars';
import { Lines } from '@/parts/Loading';
import { Money } from '@/parts/Money';
import { Panel } from '@/parts/Panel';
import { useParam } from '@/search';
import { largest } from './amounts';
import classes from './overview.module.css';
import { callsLink, usageOf, type View } from './view';

type Group = Schemas['UsageGroup'];

const SHOWN = 6;
/** All of them, since the API gives those with most calls first, and not those that cost most. */
const ASKED = 1_000;

const COLUMNS: { by: Dimension; title: string; nobody: string }[] = [
  { by: 'model', title: 'Models', nobody: 'no known model' },
  { by: 'application', title: 'Applications', nobody: 'no known key' },
  { by: 'team', title: 'Teams', nobody: 'no known key' },
];

/** Where the money or the calls went: by model, application and team. */
export function Spending(view: View) {
  const [by = 'cost', setBy] = useParam('bars');
  return (
    <Panel
      title={by === 'cost' ? 'Where the money went' : 'Where the calls went'}
      aside={
        <SegmentedControl
          size="xs"
          aria-label="What the bars compare"
          data={[
            { value: 'cost', label: 'Cost' },
            { value: 'calls', label: 'Calls' },
          ]}
          value={by}
          onChange={(value) => setBy(value === 'cost' ? undefined : value)}
        />
      }
    >
      <div className={classes.columns}>
        {COLUMNS.map((column) => (
          <Column key={column.by} {...column} view={view} cost={by === 'cost'} />
        ))}
      </div>
    </Panel>
  );
}

function Column(props: (typeof COLUMNS)[number] & { view: View; cost: boolean }) {
  const { by, title, nobody, view, cost } = props;
  const { data, error } = useUsageBy(by, usageOf(view), { limit: ASKED });
  const counted = data?.items.filter((group) => !cost || compare(group.cost, 0n) > 0) ?? [];
  const groups = counted.toSorted(cost ? dearer : busier);
  const mostCost = largest(groups.map((group) => group.cost));
  const mostCalls = groups[0]?.calls ?? 0;
  const length = (group: Group) =>
    cost ? perMille(group.cost, mostCost) : Math.round((group.calls / mostCalls) * 1000);
  return (
    <div>
      <h3 className={classes.subtitle}>{title}</h3>
      {!data && !error && <Lines count={4} />}
      {error && !data && <p className={classes.nothing}>Could not be loaded.</p>}
      {data && groups.length === 0 && (
        <p className={classes.nothing}>{cost ? 'Nothing was charged' : 'No calls'} in this time.</p>
      )}
      <Bars
        label={title}
        bars={groups.slice(0, SHOWN).map((group) => ({
          key: group.value ?? '',
          name: group.value ? (
            <Link {...callsLink(view, { [by]: group.value })} className={classes.name}>
              {group.value}
            </Link>
          ) : (
            nobody
          ),
          share: length(group),
          value: cost ? <Money amount={group.cost} short /> : count(group.calls),
        }))}
      />
      {groups.length > SHOWN && <p className={classes.rest}>and {count(groups.length - SHOWN)} more</p>}
    </div>
  );
}

function dearer(left: Group, right: Group): number {
  return compare(right.cost, left.cost) || busier(left, right);
}

function busier(left: Group, right: Group): number {
  return right.calls - left.calls;
}
