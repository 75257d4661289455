/** The pages by job: what the navigation and the palette list. Only what exists stands here. */

import {
  IconActivity,
  IconBrandSpeedtest,
  IconCoin,
  IconCube,
  IconFlask,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconPlugConnected,
  IconUsers,
  IconWallet,
} from '@tabler/icons-react';
import type { LinkProps } from '@tanstack/react-router';

/** A page as the navigation shows it. */
export interface NavPage {
  to: NonNullable<LinkProps['to']>;
  label: string;
  icon: typeof IconActivity;
  /** Pressed after `g`. */
  key: string;
  /** Other words by which somebody may look for it. */
  words?: string;
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
      { to: '/playground', label: 'Playground', icon: IconFlask, key: 'y', words: 'try chat test' },
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
    ],
  },
  {
    label: 'Control',
    pages: [
      { to: '/members', label: 'Members', icon: IconUsers, key: 'e', words: 'people roles invitations' },
      {
        to: '/history',
        label: 'History',
        icon: IconHistory,
        key: 'h',
        words: 'revisions audit changes restore',
      },
    ],
  },
];
