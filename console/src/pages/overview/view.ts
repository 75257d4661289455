import type { LinkProps } from '@tanstack/react-router';
import type { Dimension, UsageFilter } from '@/api/usage';

/** What the page looks at. */
export interface View {
  /** How far back, such as `24h`. */
  range: string;
  team: string | undefined;
}

/** The calls that are added up. */
export function usageOf({ range, team }: View): UsageFilter {
  return { since: range, team };
}

/** The list of the calls that are looked at, narrowed to a value. */
export function callsLink({ range }: View, narrowed: { [by in Dimension]?: string } = {}): LinkProps {
  return { to: '/calls', search: { since: range, ...narrowed } };
}
