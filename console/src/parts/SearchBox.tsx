import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useParam } from '@/search';

const PAUSE = 200;

/** A field that searches as one types; what is looked for stands in the address as `q`. */
export function SearchBox({ label, width = 300 }: { label: string; width?: number | string }) {
  const [asked] = useParam('q');
  const navigate = useNavigate();
  const [text, setText] = useState(asked ?? '');
  const [seen, setSeen] = useState(asked);
  const [written, setWritten] = useState(asked);
  // Only what somebody else wrote into the address replaces what is being typed.
  if (seen !== asked) {
    setSeen(asked);
    if (asked !== written) setText(asked ?? '');
  }

  const write = useDebouncedCallback((next: string) => {
    const q = next.trim() || undefined;
    setWritten(q);
    void navigate({ to: '.', search: (before: object) => ({ ...before, q }), replace: true });
  }, PAUSE);
  const type = (next: string) => {
    setText(next);
    write(next);
  };

  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      w={width}
      maw="100%"
      spellCheck={false}
      leftSection={<IconSearch size={15} />}
      rightSection={text && <CloseButton size="sm" aria-label="Clear the search" onClick={() => type('')} />}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}
