/** What the palette can jump to and do. */
import { useMantineColorScheme } from '@mantine/core';
import {
  type IconActivity,
  IconCash,
  IconKey,
  IconLogout,
  IconMoon,
  IconPlugConnected,
} from '@tabler/icons-react';
import { type LinkProps, useNavigate } from '@tanstack/react-router';
import { useCan } from '@/api/session';
import { useNav } from '../nav';
import { useSignOut } from '../useSignOut';

/** One line of the palette. */
export interface Command {
  id: string;
  label: string;
  /** Behind the label, quieter: the kind, the group. */
  note?: string;
  icon: typeof IconActivity;
  keys?: string;
  words?: string;
  run: () => void;
}

/** A heading with its lines. */
export interface CommandGroup {
  label: string;
  commands: Command[];
}

/** Goes to an address. */
export function useGo() {
  const navigate = useNavigate();
  return (to: LinkProps) => void navigate(to as Parameters<typeof navigate>[0]);
}

/** The pages and verbs that are called so, and those that somebody may have meant; all of them where there is no text. */
export function useCommands(text: string): { named: CommandGroup[]; meant: CommandGroup } {
  const go = useGo();
  const signOut = useSignOut();
  const { toggleColorScheme } = useMantineColorScheme();
  const mayKeys = useCan('keys:manage');
  const mayCredit = useCan('money:credit');
  const mayChange = useCan('configuration:change');

  const pages = useNav().flatMap(({ label: group, pages: list }) =>
    list.map(
      ({ to, label, icon, key, words }): Command => ({
        id: to,
        label,
        note: group,
        icon,
        keys: `g ${key}`,
        words,
        run: () => go({ to }),
      }),
    ),
  );
  const verbs: (Command | false)[] = [
    mayKeys && {
      id: 'create-key',
      label: 'Create a key',
      icon: IconKey,
      words: 'new api token',
      run: () => go({ to: '/applications', search: { new: 'key' } }),
    },
    mayCredit && {
      id: 'add-credit',
      label: 'Add credit to a wallet',
      icon: IconCash,
      words: 'money top up pay',
      run: () => go({ to: '/wallets', search: { credit: 'new' } }),
    },
    mayChange && {
      id: 'connect-provider',
      label: 'Connect a provider',
      icon: IconPlugConnected,
      words: 'add new openai anthropic gemini credential',
      run: () => go({ to: '/providers', search: { open: 'new' } }),
    },
    {
      id: 'colours',
      label: 'Switch between light and dark',
      icon: IconMoon,
      keys: 'shift+D',
      words: 'theme colours mode',
      run: toggleColorScheme,
    },
    {
      id: 'sign-out',
      label: 'Sign out',
      icon: IconLogout,
      words: 'log out leave',
      run: () => signOut('here'),
    },
  ];
  const may = verbs.filter((verb) => verb !== false);
  const isNamed = ({ label, note }: Command) => matches(`${label} ${note ?? ''}`, text);
  const isMeant = (command: Command) => !isNamed(command) && matches(allWordsOf(command), text);
  return {
    named: [
      { label: 'Go to', commands: pages.filter(isNamed) },
      { label: 'Do', commands: may.filter(isNamed) },
    ],
    meant: { label: 'Did you mean', commands: [...pages, ...may].filter(isMeant) },
  };
}

function allWordsOf({ label, note, words }: Command): string {
  return `${label} ${note ?? ''} ${words ?? ''}`;
}

/** Whether every word of the text begins a word. */
function matches(words: string, text: string): boolean {
  const all = words.toLowerCase().split(/\s+/);
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((part) => all.some((word) => word.startsWith(part)));
}
