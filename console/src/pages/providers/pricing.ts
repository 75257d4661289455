/** What calls of a provider cost beside the catalogue, and how the form says it. Pure. */
import type { Schemas } from '@/api/client';
import type { ProviderSpec } from './connected';

type Price = Schemas['Price'];

/** What calls of a provider cost that the catalogue has no price for. */
export type Pricing = 'refuse' | 'free' | 'flat';

/** How a provider is priced beside the catalogue. */
export function pricingOf(rest: ProviderSpec): Pricing {
  if (rateOf(rest, 'input') !== undefined || rateOf(rest, 'output') !== undefined) return 'flat';
  return rest.unpriced === 'free' ? 'free' : 'refuse';
}

/** The provider's rate for every model that has no other. */
export function rateOf({ prices }: ProviderSpec, name: 'input' | 'output'): string | undefined {
  const all = prices as Record<string, Record<string, string> | undefined> | undefined;
  return all?.['*']?.[name];
}

/** The spec with another pricing; prices of single models stay as they are. */
export function priced(
  rest: ProviderSpec,
  pricing: Pricing,
  rates: { input: string; output: string },
): ProviderSpec {
  const { unpriced: _, prices, ...others } = rest;
  const { '*': __, ...single } = (prices ?? {}) as Record<string, unknown>;
  const all = pricing === 'flat' ? { '*': rates, ...single } : single;
  return {
    ...others,
    ...(Object.keys(all).length > 0 && { prices: all }),
    ...(pricing === 'free' && { unpriced: 'free' }),
  };
}

/** A spec without the price of every model, which has a field of its own. */
export function withoutFlat(spec: ProviderSpec): ProviderSpec {
  const { prices, ...others } = spec;
  const { '*': _, ...single } = (prices ?? {}) as Record<string, unknown>;
  return Object.keys(single).length > 0 ? { ...others, prices: single } : others;
}

/** A changed spec with the price of every model that it had before. */
export function withFlat(changed: ProviderSpec, before: ProviderSpec): ProviderSpec {
  const all = (before.prices as Record<string, unknown> | undefined)?.['*'];
  return all === undefined ? changed : { ...changed, prices: { '*': all, ...(changed.prices as object) } };
}

/**
 * What a model costs by its provider's own spec, which goes before the catalogue but for the price of every
 * model; `listed` is the price that the catalogue has. Undefined where nobody knows it.
 */
export function priceOf(
  { prices, unpriced }: ProviderSpec,
  model: string,
  listed: Price | null | undefined,
): Price | undefined {
  const own = (prices ?? {}) as Record<string, Price['rates'] | undefined>;
  const rates = own[model] ?? (listed ? undefined : own['*']);
  if (rates) return { source: 'the provider', rates };
  const free = { source: 'the provider', rates: { input: '0', output: '0' } };
  return listed ?? (unpriced === 'free' ? free : undefined);
}
