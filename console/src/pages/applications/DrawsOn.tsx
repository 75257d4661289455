import { Link } from '@tanstack/react-router';
import { compare, format, sum } from '@/money';
import { Meter } from '@/parts/Bars';
import { ErrorState } from '@/parts/ErrorState';
import { Lines } from '@/parts/Loading';
import { Money } from '@/parts/Money';
import { type Budget, useBudgets } from '../budgets/queries';
import { allows, type Caller, covers, perWindow, scopeParts, scopeWords } from '../budgets/scope';
import { shareTone, usedShare } from '../budgets/Used';
import { useWallet } from '../wallets/queries';
import classes from './applications.module.css';

/** The budgets and the wallet on which the calls of somebody draw, and what is left of each. */
export function DrawsOn({ caller, models, who }: { caller: Caller; models: string[]; who: string }) {
  const { budgets, error, retry } = useBudgets();
  const wallet = useWallet(caller.team);
  if (!budgets || !wallet.data) {
    const failed = error ?? wallet.error;
    return failed ? <ErrorState error={failed} retry={retry} compact /> : <Lines />;
  }
  const always = budgets.filter(({ spec }) => covers(spec.scope, caller));
  const byModel = budgets.filter(({ spec }) => {
    const { kind, name } = scopeParts(spec.scope);
    return kind === 'model' && allows(models, name);
  });
  const paid = wallet.data.billing === 'prepaid' ? wallet.data : undefined;
  const lefts = [...always.map(({ left }) => left), ...(paid ? [paid.balance] : [])];
  return (
    <div className={classes.draws}>
      <p className={classes.decides}>
        <Decides lefts={lefts} who={who} />
      </p>
      {(paid || always.length + byModel.length > 0) && (
        <ul className={classes.funds}>
          {paid && (
            <li className={classes.fund}>
              <Link to="/wallets" search={{ open: caller.team }} className={classes.name}>
                Wallet
              </Link>
              <span className={classes.scope}>Team {caller.team}</span>
              <span className={classes.left}>
                <Money amount={paid.balance} /> left
              </span>
            </li>
          )}
          {[...always, ...byModel].map((budget) => (
            <Fund key={budget.name} budget={budget} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Fund({ budget }: { budget: Budget }) {
  const { name, spec, left, limit, window } = budget;
  const share = usedShare(budget);
  const tone = shareTone(share);
  const words = scopeWords(spec.scope);
  return (
    <li className={classes.fund}>
      <Link to="/budgets" search={{ open: name }} className={classes.name}>
        {name}
      </Link>
      <span className={classes.scope}>
        {scopeParts(spec.scope).kind === 'model' ? `${words}, only its calls` : words}
      </span>
      <span className={classes.left}>
        <Money amount={left} /> left
      </span>
      <span className={classes.of}>
        of <Money amount={limit} /> {perWindow(window)}
      </span>
      <i className={classes.meter}>
        <Meter share={share} tone={tone === 'ok' ? undefined : tone} />
      </i>
    </li>
  );
}

/** What the least that is left means for the next call. */
function Decides({ lefts, who }: { lefts: string[]; who: string }) {
  const [first, ...rest] = lefts;
  if (first === undefined)
    return <>Nothing limits {who}: its team is internal, and no budget lies above it.</>;
  const least = rest.reduce((smallest, each) => (compare(each, smallest) < 0 ? each : smallest), first);
  if (compare(least, '0') <= 0) return <>Nothing is left: every call that costs something is refused.</>;
  const amount = <strong>{format(sum([least]))}</strong>;
  if (rest.length === 0)
    return (
      <>
        A call of {who} has to fit into what is left: {amount}.
      </>
    );
  return (
    <>
      A call of {who} has to fit into all of these. The least that is left decides: {amount}.
    </>
  );
}
