import { useAllKeys } from '../budgets/queries';
import { useApplications } from './queries';

/** What the address names: an application, and perhaps one of its keys. */
interface Place {
  application: string;
  key: string | undefined;
}

/**
 * What `open` and `key` of the address name. Where only a key is named, whether by `key` or by an `open` that is no
 * application, its application is looked up; until that is known, and where there is none, `open` counts as one.
 */
export function useKeyPlace(open: string | undefined, key: string | undefined): Place | undefined {
  const { applications } = useApplications();
  const unknown = applications !== undefined && !applications.some(({ name }) => name === open);
  const wanted = open === undefined ? key : unknown ? open : undefined;
  const keys = useAllKeys(wanted !== undefined);
  const holder = keys.data?.items.find(({ name }) => name === wanted)?.application;
  if (holder !== undefined) return { application: holder, key: wanted };
  return open === undefined ? undefined : { application: open, key };
}
