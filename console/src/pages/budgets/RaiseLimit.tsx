import { Button, Group, Modal, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { compare, format, parse, parseTyped, write } from '@/money';
import { ErrorState } from '@/parts/ErrorState';
import { Money } from '@/parts/Money';
import { MoneyInput } from '@/parts/MoneyInput';
import classes from './budgets.module.css';
import { type Budget, putBudget, refresh } from './queries';
import { perWindow } from './scope';

/** Steps by which a limit is raised, in per cent. */
const STEPS = [10n, 25n, 50n, 100n];

/** Sets another limit, and nothing else. */
export function RaiseLimit(props: {
  opened: boolean;
  onClose: () => void;
  budget: Budget;
  /** What the field begins with; the present limit where it is left out. */
  proposed?: string;
}) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={`Raise the limit of ${props.budget.name}`}>
      <Form budget={props.budget} proposed={props.proposed} onClose={props.onClose} />
    </Modal>
  );
}

function Form({ budget, proposed, onClose }: { budget: Budget; proposed?: string; onClose: () => void }) {
  const [text, type] = useState(proposed ?? budget.limit);
  const queries = useQueryClient();
  const present = parse(budget.limit);
  const spent = parse(budget.spent);
  const limit = parseTyped(text);
  const work = useMutation({
    mutationFn: (wanted: bigint) =>
      putBudget(budget.name, { ...budget.spec, limit: write(wanted) }, budget.revision),
    onSuccess: async () => {
      await refresh(queries);
      onClose();
    },
  });
  const ready = limit !== undefined && limit >= 0n && limit !== present;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) work.mutate(limit);
      }}
    >
      <Stack>
        <MoneyInput
          label={`Limit for ${perWindow(budget.window)}`}
          value={text}
          onChange={type}
          problem={limit !== undefined && limit < 0n ? 'A limit is not negative.' : undefined}
          autoFocus
        />
        <div className={classes.presets}>
          {STEPS.map((step) => (
            <Button
              key={`${step}`}
              size="compact-sm"
              variant="default"
              onClick={() => type(write(present + (present * step) / 100n))}
            >
              +{`${step}`} %
            </Button>
          ))}
        </div>
        {limit !== undefined && limit >= 0n && (
          <div className={classes.soft}>
            Now <Money amount={present} />, of which <Money amount={budget.left} /> are left. Then{' '}
            <Money amount={limit > spent ? limit - spent : 0n} /> will be left until it begins anew.
          </div>
        )}
        {work.error && <ErrorState error={work.error} compact />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!ready} loading={work.isPending}>
            {ready
              ? `${compare(limit, present) > 0 ? 'Raise' : 'Lower'} to ${format(limit)}`
              : 'Raise the limit'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
