/** What stands behind the question mark: words only, so that addresses can be read and written by hand. */
import { useNavigate, useSearch } from '@tanstack/react-router';

/** The search params of a page: each a word, or absent. */
export type Search = Partial<Record<string, string>>;

/** Reads `?a=b&c=d`. */
export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

/** Writes what `parseSearch` reads; what is absent or empty is left out. */
export function writeSearch(search: object): string {
  const kept = Object.entries(search).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  const text = new URLSearchParams(kept.map(([key, value]) => [key, String(value)])).toString();
  return text && `?${text}`;
}

/**
 * The search params that a page knows, for its route: `validateSearch: params('status', 'model')`.
 * Others are dropped, but for the team, which every page has.
 */
export function params<const K extends string>(...keys: K[]) {
  return (raw: Record<string, unknown>): { [key in K]?: string } => {
    const known = keys.filter((key) => typeof raw[key] === 'string' && raw[key] !== '');
    return Object.fromEntries(known.map((key) => [key, raw[key]])) as { [key in K]?: string };
  };
}

/** One search param of the page, and what sets it (undefined takes it away). A new value is a step for "back". */
export function useParam(key: string): [string | undefined, (value: string | undefined) => void] {
  const search: Search = useSearch({ strict: false });
  const change = useChangeParams();
  return [search[key], (value) => change({ [key]: value })];
}

/** All search params of the page as words. */
export function useParams(): Search {
  return useSearch({ strict: false });
}

/** Sets several search params at once and keeps the others. */
export function useChangeParams(): (changes: Search) => void {
  const navigate = useNavigate();
  return (changes) => void navigate({ to: '.', search: (before: object) => ({ ...before, ...changes }) });
}

/** The team of the scope bar; undefined for all of them. */
export function useTeam(): string | undefined {
  return useParam('team')[0];
}
