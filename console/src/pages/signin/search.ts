import { params } from '@/search';

/** The search params of this page: where to go afterwards. What a link carries stands behind the `#`. */
export const search = params('next');
