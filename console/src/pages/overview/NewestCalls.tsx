import { Link } from '@tanstack/react-router';
import type { Schemas } from '@/api/client';
import { type Column, DataTable } from '@/parts/DataTable';
import { Duration } from '@/parts/Duration';
import { Money } from '@/parts/Money';
import { Panel } from '@/parts/Panel';
import { StatusBadge } from '@/parts/StatusBadge';
import { When } from '@/parts/When';
import { Caller, Name, ReasonTitle } from '../calls/columns';
import classes from './overview.module.css';
import type { Newest } from './useNewest';

const COLUMNS: Column<Schemas['CallSummary']>[] = [
  { key: 'model', title: 'Model', cell: ({ model }) => <Name>{model}</Name> },
  {
    key: 'status',
    title: 'Status',
    cell: (call) => (
      <span className={classes.status}>
        <StatusBadge status={call.status} ending={call.ending} quiet />
        <span className={classes.reason}>
          <ReasonTitle code={call.reason} />
        </span>
      </span>
    ),
  },
  { key: 'caller', title: 'Application', cell: (call) => <Caller call={call} />, from: 'md' },
  {
    key: 'duration',
    title: 'Took',
    cell: (call) => <Duration micros={call.duration} />,
    align: 'right',
    from: 'sm',
  },
  { key: 'cost', title: 'Cost', cell: ({ cost }) => <Money amount={cost} />, align: 'right' },
  { key: 'at', title: 'When', cell: ({ at }) => <When at={at} />, align: 'right', from: 'sm' },
];

/** The newest calls, as they end. */
export function NewestCalls({ calls, fresh, error, retry }: Newest) {
  return (
    <Panel title="Newest calls" aside={<Link to="/calls">All calls</Link>} flush>
      <DataTable
        label="Newest calls"
        columns={COLUMNS}
        rows={calls}
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({ to: '/calls/$id', params: { id } })}
        fresh={fresh}
        error={error}
        retry={retry}
      />
    </Panel>
  );
}
