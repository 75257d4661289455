import { Button, SegmentedControl } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Schemas } from '@/api/client';
import { useSession } from '@/api/session';
import { dateTime } from '@/format';
import { format } from '@/money';
import { useBudgets } from '@/pages/budgets/queries';
import { RaiseLimit } from '@/pages/budgets/RaiseLimit';
import { resourceLink } from '@/pages/call/links';
import { CreditForm } from '@/pages/wallets/CreditForm';
import { useWallet } from '@/pages/wallets/queries';
import { ConfirmDialog } from '@/parts/ConfirmDialog';
import { LinkButton } from '@/parts/LinkButton';
import { changeKey, refresh } from './queries';
import classes from './refusals.module.css';
import { daysFrom, LONGER } from './words';

type Action = Schemas['RefusalAction'];
type Doing = { action: Action; onDone: () => void };

/** What can be done about a group, by whoever may: each button with what comes of it. */
export function Actions({ group }: { group: Schemas['RefusalGroup'] }) {
  const [open, setOpen] = useState<string>();
  const { permissions } = useSession();
  const queries = useQueryClient();
  const allowed = group.actions.filter(({ needs }) => (permissions as string[]).includes(needs));
  const done = () => {
    setOpen(undefined);
    void refresh(queries);
  };
  if (allowed.length === 0) return null;
  return (
    <ul className={classes.actions}>
      {allowed.map((action, at) => (
        <li key={action.deed}>
          <Way action={action} first={at === 0} start={() => setOpen(action.deed)} />
          <span className={classes.soft}>{action.says}</span>
          {open === action.deed && <Dialog action={action} onDone={done} />}
        </li>
      ))}
    </ul>
  );
}

/** A link where something is to be looked at, a button where something is to be done. */
function Way({ action, first, start }: { action: Action; first: boolean; start: () => void }) {
  const { deed, kind, name, revision } = action;
  const look = { size: 'xs', variant: first ? 'filled' : 'default' } as const;
  switch (deed) {
    case 'open_resource':
      return (
        <LinkButton {...look} {...resourceLink(kind, name)}>
          Open {kind.toLowerCase()} {name}
        </LinkButton>
      );
    case 'open_history':
      return (
        <LinkButton {...look} to="/history" search={{ revision: String(revision) }}>
          See revision {revision}
        </LinkButton>
      );
    case 'create_key':
      return (
        <LinkButton {...look} to="/applications" search={{ open: name, new: 'key' }}>
          Create a key
        </LinkButton>
      );
    default:
      return (
        <Button {...look} onClick={start}>
          {verb(action)}
        </Button>
      );
  }
}

function verb({ deed, amount, model }: Action): string {
  switch (deed) {
    case 'raise_budget':
      return amount ? `Raise the limit to ${format(amount)}` : 'Raise the limit';
    case 'credit_wallet':
      return amount ? `Credit ${format(amount)}` : 'Credit the wallet';
    case 'allow_model':
      return `Allow ${model}`;
    default:
      return 'Renew the key';
  }
}

/** Says what will be done, and asks. */
function Dialog(props: Doing): ReactNode {
  switch (props.action.deed) {
    case 'raise_budget':
      return <Raise {...props} />;
    case 'credit_wallet':
      return <Credit {...props} />;
    case 'allow_model':
      return <Allow {...props} />;
    case 'renew_key':
      return <Renew {...props} />;
    default:
      return null;
  }
}

function Raise({ action, onDone }: Doing) {
  const { budgets } = useBudgets();
  const budget = budgets?.find(({ name }) => name === action.name);
  if (!budget) return null;
  return <RaiseLimit opened onClose={onDone} budget={budget} proposed={action.amount ?? undefined} />;
}

function Credit({ action, onDone }: Doing) {
  const { data: wallet } = useWallet(action.name);
  if (!wallet) return null;
  return <CreditForm opened onClose={onDone} wallets={[wallet]} proposed={action.amount ?? undefined} />;
}

function Allow({ action: { name, model, says }, onDone }: Doing) {
  if (!model) return null;
  return (
    <ConfirmDialog
      opened
      onClose={onDone}
      title={`Allow ${model} to key ${name}?`}
      verb={`Allow ${model}`}
      danger={false}
      hits={says}
      onConfirm={() => changeKey(name, ({ models = [] }) => ({ models: [...models, model] }))}
    />
  );
}

function Renew({ action: { name, says }, onDone }: Doing) {
  const [days, choose] = useState('30');
  const [now] = useState(Date.now);
  const until = daysFrom(now, days);
  return (
    <ConfirmDialog
      opened
      onClose={onDone}
      title={`Renew key ${name}?`}
      verb="Renew the key"
      danger={false}
      hits={
        <div className={classes.part}>
          <span>{says}</span>
          <SegmentedControl aria-label="For how long" data={LONGER} value={days} onChange={choose} />
          <span className={classes.soft}>It will work until {dateTime(until)}.</span>
        </div>
      }
      onConfirm={() => changeKey(name, () => ({ expires_at: until }))}
    />
  );
}
