import { Link } from '@tanstack/react-router';
import type { Schemas } from '@/api/client';
import { type Column, DataTable } from '@/parts/DataTable';
import { Panel } from '@/parts/Panel';
import { When } from '@/parts/When';
import { ESSENTIALS } from '../calls/columns';
import type { Newest } from './useNewest';

const COLUMNS: Column<Schemas['CallSummary']>[] = [
  ...ESSENTIALS,
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
