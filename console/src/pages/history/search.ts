import { params } from '@/search';

/** The search params of this page: what to filter by, and the revision of the drawer. */
export const search = params('kind', 'name', 'revision');
