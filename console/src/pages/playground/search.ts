import { params } from '@/search';

/** The search params of this page. */
export const search = params(
  'application',
  'model',
  'dialect',
  'task',
  'tab',
  'temperature',
  'top_p',
  'max_tokens',
  'stop',
  'stream',
);
