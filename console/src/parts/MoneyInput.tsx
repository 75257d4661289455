import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { parseTyped } from '@/money';

/**
 * A field for an amount of dollars, kept as it is typed; read it with `parseTyped`. Says where it is no amount, or
 * what `problem` says of one.
 */
export function MoneyInput(props: {
  label: string;
  value: string;
  onChange: (text: string) => void;
  description?: ReactNode;
  /** What is wrong with an amount that can be read. */
  problem?: string;
  autoFocus?: boolean;
}) {
  const unreadable = props.value.trim() !== '' && parseTyped(props.value) === undefined;
  return (
    <TextInput
      label={props.label}
      description={props.description}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      error={
        unreadable
          ? 'Write dollars such as 250 or 0.0031, with at most nine digits after the point.'
          : props.problem
      }
      leftSection="$"
      inputMode="decimal"
      autoComplete="off"
      spellCheck={false}
      className="numbers"
      data-autofocus={props.autoFocus}
      required
      withAsterisk={false}
    />
  );
}
