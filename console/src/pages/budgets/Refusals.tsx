import { Link } from '@tanstack/react-router';
import { useCan } from '@/api/session';
import { DataTable } from '@/parts/DataTable';
import { Money } from '@/parts/Money';
import { Panel } from '@/parts/Panel';
import { When } from '@/parts/When';
import classes from './budgets.module.css';
import { type Budget, useRefusals } from './queries';

/** The calls that a budget refused in its present window. */
export function Refusals({ budget }: { budget: Budget }) {
  return useCan('calls:read') ? <Refused budget={budget} /> : null;
}

function Refused({ budget }: { budget: Budget }) {
  const { data, error, refetch } = useRefusals(budget);
  return (
    <Panel
      title="Refused by it"
      aside={
        <Link to="/calls" search={{ reason: 'budget_exceeded', since: budget.starts }}>
          All that budgets refused
        </Link>
      }
      flush
    >
      <DataTable
        label="Refused calls"
        keyboard={false}
        rows={data?.calls}
        error={error}
        retry={() => void refetch()}
        rowKey={({ id }) => id}
        rowLink={({ id }) => ({ to: '/calls/$id', params: { id } })}
        empty={
          <p className={classes.note}>
            Nothing in this window. A call that does not fit into what is left would stand here.
          </p>
        }
        columns={[
          {
            key: 'at',
            title: 'Time',
            width: 130,
            cell: ({ at }) => <When at={new Date(at / 1000).toISOString()} />,
          },
          { key: 'application', title: 'Application', from: 'sm', cell: ({ caller }) => caller?.application },
          { key: 'key', title: 'Key', from: 'lg', cell: ({ caller }) => caller?.key },
          { key: 'model', title: 'Model', from: 'md', cell: ({ model }) => model },
          {
            key: 'needed',
            title: 'Could have cost',
            align: 'right',
            cell: ({ refusal }) => refusal?.shortage && <Money amount={refusal.shortage.needed} />,
          },
          {
            key: 'available',
            title: 'Was left',
            align: 'right',
            from: 'sm',
            cell: ({ refusal }) => refusal?.shortage && <Money amount={refusal.shortage.available} />,
          },
        ]}
      />
      {data && data.calls.length > 0 && (
        <p className={classes.below}>
          What a call will cost is known only when it has ended: it is let through if the most that it could
          cost fits into what is left. {data.more && 'Only the newest calls that budgets refused are here.'}
        </p>
      )}
    </Panel>
  );
}
