import type { ReactNode } from 'react';
import { DataTable } from '@/parts/DataTable';
import { Money } from '@/parts/Money';
import { When } from '@/parts/When';
import classes from './budgets.module.css';
import type { Budget } from './queries';
import { perWindow, scopeWords } from './scope';
import { Used } from './Used';

/** All budgets, each in its present window. */
export function BudgetTable(props: {
  budgets: Budget[] | undefined;
  error: Error | null;
  retry: () => void;
  empty: ReactNode;
}) {
  return (
    <DataTable
      label="Budgets"
      rows={props.budgets}
      error={props.error}
      retry={props.retry}
      empty={props.empty}
      rowKey={({ name }) => name}
      rowLink={({ name }) => ({ to: '/budgets', search: { open: name } })}
      columns={[
        { key: 'name', title: 'Budget', wrap: true, cell: ({ name }) => name },
        {
          key: 'scope',
          title: 'Limits',
          from: 'md',
          wrap: true,
          cell: ({ spec }) => <span className={classes.soft}>{scopeWords(spec.scope)}</span>,
        },
        { key: 'used', title: 'Used', cell: (budget) => <Used budget={budget} /> },
        {
          key: 'spent',
          title: 'Spent',
          align: 'right',
          from: 'sm',
          cell: ({ spent }) => <Money amount={spent} />,
        },
        {
          key: 'limit',
          title: 'Limit',
          align: 'right',
          from: 'md',
          cell: ({ limit, window }) => (
            <>
              <Money amount={limit} /> <span className={classes.soft}>{perWindow(window)}</span>
            </>
          ),
        },
        { key: 'left', title: 'Left', align: 'right', cell: ({ left }) => <Money amount={left} /> },
        {
          key: 'ends',
          title: 'Begins anew',
          align: 'right',
          from: 'lg',
          cell: ({ ends }) => <When at={ends} />,
        },
      ]}
    />
  );
}
