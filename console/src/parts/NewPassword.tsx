import { PasswordInput } from '@mantine/core';
import { useState } from 'react';

const SHORTEST = 10;

/**
 * A field for a password to be set, named `password`, with a word about its length. The browser keeps the value;
 * the form reads it when it is sent, so that what a password manager fills in counts.
 */
export function NewPassword(props: { label: string; error?: string; autoFocus?: boolean }) {
  const [length, setLength] = useState(0);
  return (
    <PasswordInput
      {...props}
      name="password"
      autoComplete="new-password"
      minLength={SHORTEST}
      required
      withAsterisk={false}
      onInput={(event) => setLength([...event.currentTarget.value].length)}
      description={<span aria-live="polite">{lengthWords(length)}</span>}
      visibilityToggleButtonProps={TOGGLE}
    />
  );
}

/** The button that shows what was typed, for those who do not see it. */
export const TOGGLE = { 'aria-label': 'Show what is typed', tabIndex: 0 } as const;

/** What is to be said of a password of so many characters. */
export function lengthWords(length: number): string {
  if (length === 0) return `At least ${SHORTEST} characters; a few words in a row do well.`;
  if (length < SHORTEST) return `${SHORTEST - length} more, please.`;
  return length < 16 ? 'Long enough.' : 'Nice and long.';
}
