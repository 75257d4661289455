/** What the palette can jump to and do. */
import { useMantineColorScheme } from '@mantine/core';
import {
  type IconActivity,
  IconArrowRight,
  IconCash,
  IconKey,
  IconLogout,
  IconMoon,
  IconPlugConnected,
} from '@tabler/icons-react';
import { type LinkProps, useNavigate } from '@tanstack/react-router';
import type { Schemas } from '@/api/client';
import { useCan } from '@/api/session';
import { groups } from '../nav';
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

/** Where a resource is to be seen. */
const PLACES: Record<Schemas['Kind'], (name: string) => LinkProps> = {
  Team: (name) => ({ to: '/', search: { team: name } }),
  Application: (name) => ({ to: '/applications', search: { open: name } }),
  Key: (name) => ({ to: '/applications', search: { key: name } }),
  Provider: (name) => ({ to: '/providers', search: { open: name } }),
  Model: (name) => ({ to: '/models', search: { open: name } }),
  Budget: (name) => ({ to: '/budgets', search: { open: name } }),
};

const CALL = /^call_[0-9a-z]{20,}$/;

function useGo() {
  const navigate = useNavigate();
  return (to: LinkProps) => void navigate(to as Parameters<typeof navigate>[0]);
}

/** The pages and verbs whose words fit the text; all of them where there is none. */
export function useCommands(text: string): CommandGroup[] {
  const go = useGo();
  const signOut = useSignOut();
  const { toggleColorScheme } = useMantineColorScheme();
  const mayKeys = useCan('keys:manage');
  const mayCredit = useCan('money:credit');
  const mayChange = useCan('configuration:change');

  const pages = groups.flatMap(({ label: group, pages: list }) =>
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
  const fits = ({ label, note, words }: Command) => matches(`${label} ${note ?? ''} ${words ?? ''}`, text);
  return [
    { label: 'Go to', commands: pages.filter(fits) },
    { label: 'Do', commands: verbs.filter((verb) => verb !== false).filter(fits) },
  ];
}

/** The call whose id was pasted, if it was one. */
export function useCallCommand(text: string): Command | undefined {
  const go = useGo();
  const id = text.trim();
  if (!CALL.test(id)) return undefined;
  return {
    id,
    label: id,
    note: 'Call',
    icon: IconArrowRight,
    run: () => go({ to: '/calls/$id', params: { id } }),
  };
}

/** Lines that lead to resources. */
export function useResourceCommands(items: Schemas['Found'][]): Command[] {
  const go = useGo();
  return items.map(({ kind, name }) => ({
    id: `${kind}/${name}`,
    label: name,
    note: kind,
    icon: IconArrowRight,
    run: () => go(PLACES[kind](name)),
  }));
}

/** Whether every word of the text begins a word. */
function matches(words: string, text: string): boolean {
  const all = words.toLowerCase().split(/\s+/);
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((part) => all.some((word) => word.startsWith(part)));
}
