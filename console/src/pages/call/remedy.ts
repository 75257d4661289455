import type { LinkProps } from '@tanstack/react-router';
import { resourceLink } from './links';
import type { Told } from './useCall';

/** Where something can be done about a refusal, and what the button says. */
export interface Remedy {
  label: string;
  link: LinkProps;
}

/** The page on which a refused call can be given a yes; undefined where it is the request that has to change. */
export function remedyOf({ record }: Pick<Told, 'record'>): Remedy | undefined {
  const { refusal, caller, attempts } = record;
  if (!refusal) return undefined;
  const { reason, rule } = refusal;
  if (rule?.kind === 'Budget') return { label: 'Open the budget', link: resourceLink('Budget', rule.name) };
  switch (reason) {
    case 'balance_exhausted':
    case 'hold_exceeds_balance':
    case 'funds_held_in_flight':
      return caller
        ? { label: 'Open the wallet', link: { to: '/wallets', search: { open: caller.team } } }
        : undefined;
    case 'model_not_found':
    case 'price_unknown':
    case 'upstream_model_unknown':
      return { label: 'See the models', link: { to: '/models' } };
    case 'key_missing':
    case 'key_invalid':
    case 'key_expired':
    case 'key_revoked':
      return { label: 'See the keys', link: { to: '/applications' } };
    case 'model_not_allowed':
      return {
        label: 'See the keys',
        link: { to: '/applications', search: caller ? { open: caller.application } : undefined },
      };
    default: {
      const last = reason.startsWith('upstream_') ? attempts?.at(-1) : undefined;
      return last && { label: 'Open the provider', link: resourceLink('Provider', last.provider) };
    }
  }
}
