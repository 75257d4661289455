import { params } from '@/search';

/** The search params of this page. */
export const search = params('open', 'new', 'edit', 'transaction', 'q');
