import { params } from '@/search';

/**
 * The search params of this page: `edit` names a model to change, `new` is the first target of one to be made,
 * `can` the abilities that are wanted, with commas; `update` opens the form that brings newer prices.
 */
export const search = params('tab', 'q', 'provider', 'order', 'can', 'open', 'edit', 'new', 'update');
