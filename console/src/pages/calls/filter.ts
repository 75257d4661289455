import type { Schemas } from '@/api/client';
import type { paths } from '@/api/schema';
import type { UsageFilter } from '@/api/usage';
import type { Search } from '@/search';

type Summary = Schemas['CallSummary'];

/** Which calls to list, as the API takes it. */
export type CallFilter = Omit<
  NonNullable<paths['/api/v1/calls']['get']['parameters']['query']>,
  'before' | 'after' | 'limit'
>;

/** The filter that the address tells of; `usual` is how far back it reaches where the address does not say. */
export function filterOf(search: Search, usual: string): CallFilter {
  const { team, application, key, model, provider, ending, reason, until } = search;
  const status = search.status === undefined ? undefined : Number(search.status);
  const since = search.since ?? usual;
  return { team, application, key, model, provider, status, ending, reason, since, until };
}

/** The same for sums, which are not kept by key. */
export function sumsOf({ key: _, ...filter }: CallFilter): UsageFilter {
  return filter;
}

/** What narrows the list beside the time and the team, for "clear the filters". */
export const NARROWING = ['status', 'ending', 'reason', 'model', 'provider', 'application', 'key'] as const;

/** The search without any of its filters. */
export const CLEARED = Object.fromEntries(NARROWING.map((param) => [param, undefined]));

/** Whether a call that has just ended belongs into the list. Spans of time reach up to now. */
export function matches(call: Summary, filter: CallFilter): boolean {
  const { since, until, ...wanted } = filter;
  const named = Object.entries(wanted).every(
    ([name, value]) => value === undefined || call[name as keyof Summary] === value,
  );
  return named && !before(call.at, since) && (until === undefined || before(call.at, until));
}

/** Whether a moment lies before a limit; a limit that is a span lies as far back as the list begins. */
function before(at: string, limit: string | undefined): boolean {
  const moment = limit === undefined ? Number.NaN : Date.parse(limit);
  return !Number.isNaN(moment) && Date.parse(at) < moment;
}

/**
 * A list with the calls that ended since it was loaded, the newest first by id. Those older than its last row are
 * left out where more would follow: they belong to a page that is not there yet.
 */
export function merged(rows: Summary[], arrived: Summary[], hasMore: boolean): Summary[] {
  if (arrived.length === 0) return rows;
  const known = new Set(rows.map(({ id }) => id));
  const last = hasMore ? rows.at(-1)?.id : undefined;
  const added = arrived.filter(({ id }) => !known.has(id) && (last === undefined || id > last));
  return [...rows, ...added].sort((left, right) => (left.id < right.id ? 1 : -1));
}
