import { params } from '@/search';

/** The search params of this page: whether providers are asked too. */
export const search = params('probe');
