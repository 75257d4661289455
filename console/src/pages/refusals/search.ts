import { params } from '@/search';

/** The search params of this page: the time, what to filter by, and the group of the drawer. */
export const search = params(
  'since',
  'state',
  'reason',
  'cause',
  'who',
  'rule',
  'application',
  'model',
  'open',
);
