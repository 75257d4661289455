import type { Permission } from '@/api/schema';

/** What there is to be allowed, from what most may to what few may, in words. */
export const RIGHTS: [Permission, string][] = [
  ['calls:read', 'See calls and their stories'],
  ['configuration:read', 'See the configuration and its history'],
  ['keys:read', 'See which keys there are'],
  ['money:read', 'See wallets, budgets and the ledger'],
  ['node:read', 'See the state of the node and its providers'],
  ['configuration:change', 'Change and restore the configuration'],
  ['keys:manage', 'Create and revoke keys'],
  ['models:try', 'Try models in the playground'],
  ['money:credit', 'Add money to wallets'],
  ['secrets:read', 'See the names of secrets'],
  ['secrets:manage', 'Set and delete secrets'],
  ['people:read', 'See who may come in'],
  ['people:manage', 'Say who may come in'],
];
