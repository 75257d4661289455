import { params } from '@/search';

/**
 * The search params of this page: `open` is a provider, or `new` for the choice of one to connect; `connect` is
 * the entry of the catalogue that is being connected, or `custom`; `edit` the provider that is being changed.
 */
export const search = params('q', 'open', 'connect', 'edit');
