/** The pages by job: what the navigation and the palette list. Only what exists stands here. */
import {
  IconActivity,
  IconBrandSpeedtest,
  IconCoin,
  IconCube,
  IconFlask,
  IconHandStop,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconPlugConnected,
  IconStethoscope,
  IconUsers,
  IconWallet,
} from '@tabler/icons-react';
import type { LinkProps } from '@tanstack/react-router';
import type { Permission } from '@/api/schema';
import { useSession } from '@/api/session';

/** A page as the navigation shows it. */
export interface NavPage {
  to: NonNullable<LinkProps['to']>;
  label: string;
  icon: typeof IconActivity;
  /** Pressed after `g`. */
  key: string;
  /** Other words by which somebody may look for it. */
  words?: string;
  /** Without it there is nothing on the page to see or do. */
  needs?: Permission;
}

/** Pages of one job; the first has no name. */
export interface NavGroup {
  label?: string;
  pages: NavPage[];
}

export const groups: NavGroup[] = [
  {
    pages: [
      { to: '/', label: 'Overview', icon: IconLayoutDashboard, key: 'o', words: 'home start dashboard' },
    ],
  },
  {
    label: 'Catalog',
    pages: [
      { to: '/models', label: 'Models', icon: IconCube, key: 'm', words: 'targets prices' },
      {
        to: '/providers',
        label: 'Providers',
        icon: IconPlugConnected,
        key: 'p',
        words: 'credentials upstream openai',
      },
      {
        to: '/playground',
        label: 'Playground',
        icon: IconFlask,
        key: 'y',
        words: 'try chat test',
        needs: 'models:try',
      },
    ],
  },
  {
    label: 'Access',
    pages: [
      {
        to: '/applications',
        label: 'Applications & keys',
        icon: IconKey,
        key: 'a',
        words: 'api key token team',
      },
    ],
  },
  {
    label: 'Traffic',
    pages: [
      { to: '/calls', label: 'Calls', icon: IconActivity, key: 'c', words: 'requests logs errors traffic' },
    ],
  },
  {
    label: 'Money',
    pages: [
      { to: '/budgets', label: 'Budgets', icon: IconBrandSpeedtest, key: 'b', words: 'limits spending' },
      { to: '/wallets', label: 'Wallets', icon: IconWallet, key: 'w', words: 'balance credit prepaid' },
      { to: '/ledger', label: 'Ledger', icon: IconCoin, key: 'l', words: 'accounts transactions entries' },
      {
        to: '/refusals',
        label: '402 desk',
        icon: IconHandStop,
        key: 'r',
        words: 'refusals refused errors failures why denied',
        needs: 'calls:read',
      },
    ],
  },
  {
    label: 'Control',
    pages: [
      {
        to: '/members',
        label: 'Members',
        icon: IconUsers,
        key: 'e',
        words: 'people roles invitations',
        needs: 'people:read',
      },
      {
        to: '/history',
        label: 'History',
        icon: IconHistory,
        key: 'h',
        words: 'revisions audit changes restore',
      },
      {
        to: '/doctor',
        label: 'Doctor',
        icon: IconStethoscope,
        key: 'd',
        words: 'health checks faults fix diagnose transaction test',
        needs: 'doctor:run',
      },
    ],
  },
];

/** The pages that are of use to somebody with these permissions. */
export function navOf(permissions: readonly string[]): NavGroup[] {
  const open = groups.map(({ label, pages }) => ({
    label,
    pages: pages.filter(({ needs }) => needs === undefined || permissions.includes(needs)),
  }));
  return open.filter(({ pages }) => pages.length > 0);
}

/** The pages that are of use to whoever is signed in. */
export function useNav(): NavGroup[] {
  return navOf(useSession().permissions);
}
