import { params } from '@/search';

/** The search params of this page: `new=invitation` opens the form. */
export const search = params('new');
