import { Link } from '@tanstack/react-router';
import { EmptyState } from '@/parts/EmptyState';
import { Money } from '@/parts/Money';
import { Panel } from '@/parts/Panel';
import { StatTile, StatTiles } from '@/parts/StatTile';
import { When } from '@/parts/When';
import { budgetAccount } from '../ledger/accounts';
import { ExportButton } from '../ledger/ExportButton';
import { Movements } from '../ledger/Movements';
import { BurndownPanel } from './BurndownPanel';
import classes from './budgets.module.css';
import type { Budget } from './queries';
import { Refusals } from './Refusals';
import { usedWords } from './Used';

/** What there is to know of a budget, from its numbers to its entries. */
export function BudgetPanels({ budget }: { budget: Budget }) {
  const account = budgetAccount(budget.name, budget.starts);
  return (
    <div className={classes.page}>
      <StatTiles>
        <StatTile
          label="Left"
          value={<Money amount={budget.left} />}
          hint={
            <>
              of <Money amount={budget.limit} /> for the {budget.window}
            </>
          }
        />
        <StatTile
          label="Spent"
          value={<Money amount={budget.spent} />}
          hint={`${usedWords(budget)} of the limit`}
        />
        <StatTile
          label="Set aside"
          value={<Money amount={budget.leased} />}
          hint="for calls under way or to come"
        />
        <StatTile
          label="Begins anew"
          value={<When at={budget.ends} />}
          hint={<When at={budget.ends} absolute />}
        />
      </StatTiles>
      <BurndownPanel name={budget.name} zone={budget.time_zone} />
      <Refusals budget={budget} />
      <Panel
        title="Ledger entries"
        aside={
          <>
            <Link to="/ledger" search={{ account }}>
              Open in the ledger
            </Link>
            <ExportButton of={[account]} />
          </>
        }
        flush
      >
        <Movements
          account={account}
          empty={
            <EmptyState title="Nothing in this window yet">
              The first call that this budget limits opens its account for the {budget.window}.
            </EmptyState>
          }
        />
      </Panel>
    </div>
  );
}
