import { params } from '@/search';

/** The search params of this page: how far back to look, what the second chart shows, what the bars compare. */
export const search = params('range', 'course', 'bars');
