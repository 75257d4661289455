import { params } from '@/search';

/** The search params of this page. */
export const search = params('open', 'new', 'key', 'edit', 'q');
