/** How accounts, kinds of transactions and amounts of entries are shown. */
import type { Schemas } from '@/api/client';
import { dateTime, time } from '@/format';
import { format, type Nanos } from '@/money';
import { makerWords } from '@/parts/links';
import { Tag, type Tone } from '@/parts/Tag';
import { accountName } from './accounts';
import classes from './ledger.module.css';

type Kind = Schemas['TransactionKind'];

const TONES: Record<Kind, Tone> = {
  credit: 'ok',
  allowance: 'neutral',
  close: 'neutral',
  reserve: 'neutral',
  settlement: 'info',
  correction: 'warn',
};

/** When a window opened: the day, and the hour where it is not midnight for whoever looks. */
function dayOf(opens: string): string {
  return dateTime(opens).replace(/, 00:00:00$|:00$/, '');
}

/** An account as one chooses it from a list. */
export function accountLabel(id: string): string {
  const { kind, name, opens } = accountName(id);
  return opens ? `${kind}/${name} from ${dayOf(opens)}` : id;
}

/** Why a transaction was made, in a word. */
export function KindTag({ kind }: { kind: Kind }) {
  return (
    <Tag tone={TONES[kind]} quiet>
      {kind}
    </Tag>
  );
}

/** The time of the day; its day stands above. */
export function Clock({ at }: { at: string }) {
  return (
    <time dateTime={at} title={at}>
      {time(at)}
    </time>
  );
}

/** Who made a transaction: a person by name, a node by its own. */
export function actorWords(actor: string): string {
  return actor === 'tollgate' ? 'Tollgate' : makerWords(actor.replace(/^node /, ''));
}

/** The id of an account; of the window of a budget with the day on which it opened, unless it is to be short. */
export function AccountLabel({ id, short }: { id: string; short?: boolean }) {
  const { kind, name, opens } = accountName(id);
  if (kind === 'other') return id;
  return (
    <span title={id}>
      <span className={classes.soft}>{kind}/</span>
      {name}
      {opens && !short && <span className={classes.faint}> from {dayOf(opens)}</span>}
    </span>
  );
}

const SIDES: Partial<Record<string, string>> = {
  topups: 'Where credits come from',
  budgets: 'Where the limits of budgets come from',
  earned: 'What wallets have paid',
  spent: 'What was spent within budgets',
  consumed: 'What teams have consumed',
};

/** What an account is, in words. */
export function accountWords(id: string): string {
  const { kind, name, opens } = accountName(id);
  if (kind === 'wallet') return `The wallet of ${name}`;
  if (kind === 'usage') return `What ${name} has consumed`;
  if (kind === 'budget') return opens ? 'One window of a budget' : 'A budget';
  return SIDES[name] ?? 'The other side';
}

/** What was added to an account or left it, with its sign. */
export function Movement({ amount }: { amount: string | Nanos }) {
  const text = format(amount, { plus: true });
  return <span className={text.startsWith('+') ? classes.plus : classes.minus}>{text}</span>;
}
