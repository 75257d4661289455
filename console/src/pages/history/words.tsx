import type { LinkProps } from '@tanstack/react-router';
import type { Schemas } from '@/api/client';
import { Tag, type Tone } from '@/parts/Tag';
import type { Revision } from './queries';

/** The kinds of resources, as the filter offers them. */
export const KINDS: Schemas['Kind'][] = ['Team', 'Application', 'Key', 'Provider', 'Model', 'Budget'];

const TONES: Record<Schemas['Action'], Tone> = {
  created: 'ok',
  updated: 'info',
  unchanged: 'neutral',
  deleted: 'bad',
};

/** What a revision did. */
export function ActionTag({ action, quiet }: { action: Schemas['Action']; quiet?: boolean }) {
  return (
    <Tag tone={TONES[action]} quiet={quiet}>
      {action}
    </Tag>
  );
}

/** Where a resource of a kind is to be seen, and in which words; keys and teams have no page of their own. */
export function pageOf({
  kind,
  name,
}: Pick<Revision, 'kind' | 'name'>): { label: string; link: LinkProps } | undefined {
  const open = { open: name };
  switch (kind) {
    case 'Model':
      return { label: 'Open the model', link: { to: '/models', search: open } };
    case 'Provider':
      return { label: 'Open the provider', link: { to: '/providers', search: open } };
    case 'Application':
      return { label: 'Open the application', link: { to: '/applications', search: open } };
    case 'Budget':
      return { label: 'Open the budget', link: { to: '/budgets', search: open } };
    default:
      return undefined;
  }
}
