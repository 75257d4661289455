import { params } from '@/search';

/** The search params of this page: `edit` names a model to change, `new` is the first target of one to be made. */
export const search = params('tab', 'q', 'provider', 'order', 'open', 'edit', 'new');
