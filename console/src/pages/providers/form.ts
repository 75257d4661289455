/** The fields of the form of a provider, and the spec that they make. A pasted key is never part of it. */
import type { Schemas } from '@/api/client';
import { parseTyped } from '@/money';
import type { ProviderSpec, Stored } from './connected';
import {
  type CredentialFields,
  credentialFields,
  credentialSpec,
  type Form,
  formsOf,
  lacking,
  newCredential,
  type Source,
} from './credentials';
import { pricingOf, rateOf } from './pricing';

/** What stands in the form. */
export interface Fields {
  name: string;
  credentials: CredentialFields[];
  /** All of the spec but the credentials. */
  rest: ProviderSpec;
}

type Known = Schemas['CatalogProvider'];

/** The form for a provider of the catalogue, or for any other address, with a name that is not taken. */
export function newFields(known: Known | undefined, taken: string[], mayPaste: boolean): Fields {
  const name = known ? freeName(known.id, taken) : '';
  const source: Source = mayPaste ? 'paste' : 'env';
  const rest: ProviderSpec = known ? restOf(known, name) : { dialect: 'openai-chat', base_url: '' };
  const form: Form = known?.credential ?? 'key';
  const first = newCredential(1, 'main', form, source);
  const credentials = known?.keyless ? [] : [withUsual(first, known)];
  return { name, credentials, rest };
}

/** The variables of AWS's own tools. */
const AWS = { access_key_id: 'AWS_ACCESS_KEY_ID', secret_access_key: 'AWS_SECRET_ACCESS_KEY' };

/** A credential with the variables from which it usually comes, where it comes from variables. */
export function withUsual(credential: CredentialFields, known: Known | undefined): CredentialFields {
  const { form, source } = credential;
  if (source !== 'env') return { ...credential, texts: {} };
  const usual = form === 'key' || form === 'service_account' ? { [form]: known?.env[0] ?? '' } : {};
  return { ...credential, texts: form === 'aws' ? AWS : usual };
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
    credentials: credentials.map((credential, place) => credentialFields(credential, place + 1)),
  };
}

/** The spec that the form stands for; `stored` has the names of pasted secrets by their places. */
export function specOf({ credentials, rest }: Fields, stored: ReadonlyMap<string, string>): ProviderSpec {
  const kept = Object.entries(rest).filter(([, value]) => value !== '' && value !== undefined);
  const spec: ProviderSpec = Object.fromEntries(kept);
  if (credentials.length > 0) spec.credentials = credentials.map((each) => credentialSpec(each, stored));
  return spec;
}

/** The form for another catalogue name: once it is not called as its entry, it has to name it. */
export function renamed(fields: Fields, name: string, known: Known | undefined): Fields {
  const { catalog: _, ...rest } = fields.rest;
  return { ...fields, name, rest: known && name.trim() !== known.id ? { catalog: known.id, ...rest } : rest };
}

/** The form with one credential more. */
export function withCredential(fields: Fields, source: Source, known?: Known): Fields {
  const id = Math.max(0, ...fields.credentials.map((credential) => credential.id)) + 1;
  const taken = fields.credentials.map(({ name }) => name);
  const name = freeName(taken.length === 0 ? 'main' : 'spare', taken);
  const form = fields.credentials[0]?.form ?? formsOf(fields.rest, known)[0] ?? 'key';
  return { ...fields, credentials: [...fields.credentials, newCredential(id, name, form, source)] };
}

/** Why the form cannot be sent yet. */
export function blocked({ name, credentials, rest }: Fields, custom: boolean): string | undefined {
  if (custom && !rest.base_url?.trim()) return 'Say at which address it is.';
  if (!name.trim()) return 'Give it a name.';
  const missing = credentials.map(lacking).find(Boolean);
  if (missing) return missing;
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
