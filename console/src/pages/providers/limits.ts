/** The limits of a credential as they stand in the form. */
import type { Schemas } from '@/api/client';

/** The limits that a credential can have; empty for none. */
export const LIMITS = ['requests_per_minute', 'tokens_per_minute', 'concurrent'] as const;
export type Limits = Record<(typeof LIMITS)[number], string>;

/** No limit at all. */
export const NO_LIMITS: Limits = { requests_per_minute: '', tokens_per_minute: '', concurrent: '' };

/** The limits that there are. */
export function limitFields(limits: Schemas['CredentialLimits'] | undefined): Limits {
  const text = (value: number | null | undefined) => (typeof value === 'number' ? `${value}` : '');
  const { requests_per_minute, tokens_per_minute, concurrent } = limits ?? {};
  return {
    requests_per_minute: text(requests_per_minute),
    tokens_per_minute: text(tokens_per_minute),
    concurrent: text(concurrent),
  };
}

/** The limits that the fields stand for; undefined for none. */
export function limitsOf(limits: Limits): Schemas['CredentialLimits'] | undefined {
  const said = LIMITS.filter((name) => limits[name] !== '').map((name) => [name, Number(limits[name])]);
  return said.length > 0 ? Object.fromEntries(said) : undefined;
}
