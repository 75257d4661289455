import { Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { problemFrom } from '@/api/problem';
import { compare, format, type Nanos, parse, parseTyped, write } from '@/money';
import { command, curl } from '@/parts/equivalents';
import { FormDrawer } from '@/parts/FormDrawer';
import { listed } from '@/parts/listed';
import { Money } from '@/parts/Money';
import { MoneyInput } from '@/parts/MoneyInput';
import { creditWallet, randomId, refresh } from './queries';
import classes from './wallets.module.css';

type Wallet = Schemas['Wallet'];

/** Adds money to a wallet by hand, or takes it back; to the wallet that is given, or one among those. */
export function CreditForm(props: {
  opened: boolean;
  onClose: () => void;
  wallets: Wallet[];
  /** The amount that the form begins with. */
  proposed?: string;
}) {
  return props.opened ? <Form {...props} /> : null;
}

function Form({ onClose, wallets, proposed }: Omit<Parameters<typeof CreditForm>[0], 'opened'>) {
  // Made when the form opens: whatever is sent twice from it is done once.
  const [key] = useState(randomId);
  const [chosen, choose] = useState('');
  const [text, type] = useState(proposed ?? '');
  const [reason, explain] = useState('');
  const queries = useQueryClient();
  const wallet =
    wallets.find(({ team }) => team === chosen) ?? (wallets.length === 1 ? wallets[0] : undefined);
  const team = wallet?.team ?? '';
  const amount = parseTyped(text);
  const body = { amount: amount === undefined ? text : write(amount), reason: reason.trim() };
  const work = useMutation({
    mutationFn: () => creditWallet(team, body, key),
    onSuccess: async ({ repeated, balance }) => {
      onClose();
      const told = repeated ? 'It had been written before; nothing was done twice.' : undefined;
      notifications.show({
        // A second click tells nothing new.
        id: key,
        title: `${format(body.amount, { plus: true })} for ${team}`,
        message: `${told ?? 'Written into the ledger.'} The balance is ${format(balance)}.`,
      });
      await refresh(queries);
    },
  });
  const takes = amount !== undefined && amount < 0n;
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={team ? `Credit ${team}` : 'Credit a wallet'}
      lead="Money that came from outside of Tollgate, such as a paid invoice. A negative amount takes money back."
      submit={takes ? 'Take it back' : 'Credit the wallet'}
      onSubmit={() => work.mutate()}
      busy={work.isPending}
      error={work.error}
      blocked={blocked(wallet, amount, reason)}
      equivalents={[
        command(
          'wallet',
          'credit',
          team || 'TEAM',
          ...(takes ? ['--'] : []),
          body.amount || 'AMOUNT',
          '--reason',
          body.reason || 'REASON',
        ),
        curl('POST', `/wallets/${encodeURIComponent(team) || 'TEAM'}/credit`, body, [
          `Idempotency-Key: ${key}`,
        ]),
      ]}
    >
      {wallets.length > 1 && (
        <Select
          {...listed}
          label="Team"
          data={wallets.map((each) => each.team)}
          value={chosen || null}
          onChange={(name) => choose(name ?? '')}
          searchable
        />
      )}
      <MoneyInput
        label="Amount"
        value={text}
        onChange={type}
        problem={wallet && amount !== undefined ? tooMuch(wallet, amount) : undefined}
        autoFocus={wallets.length === 1}
      />
      <TextInput
        label="Reason"
        description="For whoever reads the ledger: the number of an invoice, who asked for it."
        value={reason}
        onChange={(event) => explain(event.currentTarget.value)}
        maxLength={500}
        required
        withAsterisk={false}
        autoComplete="off"
      />
      {wallet && <Sums wallet={wallet} amount={amount ?? 0n} />}
      {work.error && unsure(problemFrom(work.error).status) && (
        <p className={classes.note}>
          It may have arrived all the same. Sent again from this form, it is written once.
        </p>
      )}
    </FormDrawer>
  );
}

function Sums({ wallet, amount }: { wallet: Wallet; amount: Nanos }) {
  return (
    <dl className={classes.sums}>
      <dt>Balance now</dt>
      <dd>
        <Money amount={wallet.balance} />
      </dd>
      <dt>{amount < 0n ? 'Taken back' : 'Added'}</dt>
      <dd>
        <Money amount={amount} plus />
      </dd>
      <dt>Balance after it</dt>
      <dd data-bad={tooMuch(wallet, amount) ? true : undefined}>
        <Money amount={parse(wallet.balance) + amount} />
      </dd>
    </dl>
  );
}

/** Whether what was sent may have been done although no success was told. */
function unsure(status: number): boolean {
  return status === 0 || status >= 500;
}

/** Why it cannot be sent yet. */
function blocked(wallet: Wallet | undefined, amount: Nanos | undefined, reason: string): string | undefined {
  if (!wallet) return 'Say whose wallet.';
  if (amount === undefined || amount === 0n) return 'Say how much.';
  if (tooMuch(wallet, amount)) return 'Take back less.';
  return reason.trim() === '' ? 'Say why.' : undefined;
}

/** Why so much cannot be taken back. */
function tooMuch({ available, leased }: Wallet, amount: Nanos): string | undefined {
  const free = parse(available);
  if (amount >= 0n || free + amount >= 0n) return undefined;
  const aside = compare(leased, '0') > 0 ? ` ${format(leased)} more is set aside for calls.` : '';
  return free > 0n
    ? `At most ${format(free)} can be taken back.${aside}`
    : `Nothing can be taken back: nothing is available.${aside}`;
}
