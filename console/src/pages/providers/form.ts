/** The fields of the form of a provider, and the spec that they make. A pasted key is never part of it. */
import type { Schemas } from '@/api/client';
import { parseTyped } from '@/money';
import type { CredentialSpec, KeySource, ProviderSpec, Stored } from './connected';

/** Where a key comes from: typed in here and then stored, stored already, or a variable or file of the gateway's. */
export type Source = 'paste' | 'secret' | 'env' | 'file';

/** The forms of a credential that are nothing but a secret. */
export type Form = Known['credential'];

/** One credential as it stands in the form. */
export interface CredentialFields {
  id: number;
  name: string;
  form: Form;
  /** One of another form, which stays as it is but for its name and weight. */
  kept?: CredentialSpec;
  source: Source;
  /** The key itself, or the name of the secret, variable or file. */
  text: string;
  weight: number;
  /** What else the spec says of it, kept as it is. */
  rest?: object;
}

/** What stands in the form. */
export interface Fields {
  name: string;
  credentials: CredentialFields[];
  /** All of the spec but the credentials. */
  rest: ProviderSpec;
}

type Known = Schemas['CatalogProvider'];
type Price = Schemas['Price'];

/** The form for a provider of the catalogue, or for any other address, with a name that is not taken. */
export function newFields(known: Known | undefined, taken: string[], mayPaste: boolean): Fields {
  const name = known ? freeName(known.id, taken) : '';
  const source: Source = mayPaste ? 'paste' : 'env';
  const text = source === 'env' ? (known?.env[0] ?? '') : '';
  const form = known?.credential ?? 'key';
  return {
    name,
    credentials: known?.keyless ? [] : [{ id: 1, name: 'main', form, source, text, weight: 1 }],
    rest: known ? restOf(known, name) : { dialect: 'openai-chat', base_url: '' },
  };
}

/** What else a new provider of the catalogue says. One's own machines cost nothing, unless one says otherwise. */
function restOf({ id, keyless, models }: Known, name: string): ProviderSpec {
  return { ...(name !== id && { catalog: id }), ...(keyless && models === 0 && { unpriced: 'free' }) };
}

/** The form of a provider that there is. */
export function fieldsOf({ name, spec }: Stored): Fields {
  const { credentials = [], ...rest } = spec;
  return {
    name,
    rest,
    credentials: credentials.map((credential, place) => ({
      id: place + 1,
      name: credential.name,
      weight: credential.weight ?? 1,
      rest: restOfCredential(credential),
      ...read(credential),
    })),
  };
}

/** What a credential says besides its name, its weight and what it is. */
function restOfCredential(credential: CredentialSpec): object {
  const { name: _, weight: __, key: ___, service_account: ____, ...others } = credential;
  return others;
}

/** The spec that the form stands for; `stored` has the secrets of pasted keys by the ids of their credentials. */
export function specOf({ credentials, rest }: Fields, stored: ReadonlyMap<number, string>): ProviderSpec {
  const kept = Object.entries(rest).filter(([, value]) => value !== '' && value !== undefined);
  const spec: ProviderSpec = Object.fromEntries(kept);
  if (credentials.length > 0) {
    spec.credentials = credentials.map((each): CredentialSpec => {
      const { weight: _, ...same } = each.kept ?? {
        ...each.rest,
        [each.form]: keyOf(each, stored.get(each.id)),
      };
      const written = { ...same, name: each.name.trim() };
      return each.weight === 1 ? written : { ...written, weight: each.weight };
    });
  }
  return spec;
}

/** The form for another catalogue name: once it is not called as its entry, it has to name it. */
export function renamed(fields: Fields, name: string, known: Known | undefined): Fields {
  const { catalog: _, ...rest } = fields.rest;
  return { ...fields, name, rest: known && name.trim() !== known.id ? { catalog: known.id, ...rest } : rest };
}

/** The form with one credential more. */
export function withCredential(fields: Fields, source: Source): Fields {
  const id = Math.max(0, ...fields.credentials.map((credential) => credential.id)) + 1;
  const taken = fields.credentials.map(({ name }) => name);
  const name = freeName(taken.length === 0 ? 'main' : 'spare', taken);
  const form = fields.credentials[0]?.form ?? 'key';
  return { ...fields, credentials: [...fields.credentials, { id, name, form, source, text: '', weight: 1 }] };
}

/** Why the form cannot be sent yet. */
export function blocked({ name, credentials, rest }: Fields, custom: boolean): string | undefined {
  if (custom && !rest.base_url?.trim()) return 'Say at which address it is.';
  if (!name.trim()) return 'Give it a name.';
  if (credentials.some((each) => each.source === 'paste' && !each.text.trim())) return 'Paste the key.';
  if (credentials.some(({ text, kept }) => !kept && !text.trim())) return 'Say where the key comes from.';
  if (credentials.some((each) => !each.name.trim())) return 'Give every credential a name.';
  const rates = pricingOf(rest) === 'flat' ? [rateOf(rest, 'input'), rateOf(rest, 'output')] : [];
  if (rates.some((rate = '') => parseTyped(rate) === undefined)) return 'Say what a million tokens cost.';
  return undefined;
}

/** A name that is not taken: the wanted one, else with a number. */
export function freeName(wanted: string, taken: string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let number = 2; ; number += 1) {
    const name = `${wanted}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

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

function read(credential: CredentialSpec): Pick<CredentialFields, 'form' | 'kept' | 'source' | 'text'> {
  const { key, service_account } = credential;
  if (key) return { form: 'key', ...readSource(key) };
  if (service_account) return { form: 'service_account', ...readSource(service_account) };
  return { form: 'key', kept: credential, source: 'env', text: '' };
}

function readSource(key: KeySource): Pick<CredentialFields, 'source' | 'text'> {
  if ('secret' in key) return { source: 'secret', text: key.secret };
  return 'env' in key ? { source: 'env', text: key.env } : { source: 'file', text: key.file };
}

function keyOf({ source, text }: CredentialFields, stored: string | undefined): KeySource {
  if (source === 'env') return { env: text.trim() };
  if (source === 'file') return { file: text.trim() };
  return { secret: source === 'paste' ? (stored ?? 'NAME') : text };
}
