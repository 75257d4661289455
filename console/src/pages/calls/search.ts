import { params } from '@/search';

/** The search params of this page: what to filter by, the call of the drawer, and `tail=off`. */
export const search = params(
  'status',
  'ending',
  'reason',
  'model',
  'provider',
  'application',
  'key',
  'since',
  'until',
  'call',
  'tail',
);
