/** The credentials of a provider as they stand in its form, and what they make. A pasted secret is never part of it. */
import type { Schemas } from '@/api/client';
import type { CredentialSpec, KeySource, ProviderSpec } from './connected';
import { LIMITS, type Limits, limitFields, limitsOf, NO_LIMITS } from './limits';

/** Where secrets come from: typed in here and then stored, stored already, or variables or files of the gateway's. */
export type Source = 'paste' | 'secret' | 'env' | 'file';

/** What a credential is. */
export type Form = 'key' | 'service_account' | 'entra' | 'aws' | 'metadata';

/** A secret of a credential. */
export type Part =
  | 'key'
  | 'service_account'
  | 'client_secret'
  | 'access_key_id'
  | 'secret_access_key'
  | 'session_token';

/** One credential as it stands in the form. */
export interface CredentialFields {
  id: number;
  name: string;
  form: Form;
  /** One whose secrets come from different places, which stays as it is but for name, weight and limits. */
  kept?: CredentialSpec;
  source: Source;
  /** The secrets themselves, or the names of the secrets, variables or files. */
  texts: Partial<Record<Part, string>>;
  /** What is no secret, such as the tenant of a client of Entra ID. */
  plain: Record<string, string>;
  weight: number;
  limits: Limits;
  disabled: boolean;
}

/** The secrets of each form, in the order in which they are asked for. */
export const PARTS: Record<Form, readonly Part[]> = {
  key: ['key'],
  service_account: ['service_account'],
  entra: ['client_secret'],
  aws: ['access_key_id', 'secret_access_key', 'session_token'],
  metadata: [],
};

/** What of each form is no secret: member, label, and whether it has to be there. */
export const PLAIN: Record<Form, readonly { name: string; label: string; needed?: boolean }[]> = {
  key: [],
  service_account: [],
  entra: [
    { name: 'tenant', label: 'Tenant', needed: true },
    { name: 'client_id', label: 'Client ID', needed: true },
    { name: 'authority', label: 'Authority' },
    { name: 'scope', label: 'Scope' },
  ],
  aws: [],
  metadata: [
    { name: 'identity', label: 'Identity' },
    { name: 'base_url', label: 'Address of the metadata server' },
  ],
};

/** A credential of which only form and source are known. */
export function newCredential(id: number, name: string, form: Form, source: Source): CredentialFields {
  return {
    id,
    name,
    form,
    source,
    texts: {},
    plain: {},
    weight: 1,
    limits: NO_LIMITS,
    disabled: false,
  };
}

/** The forms that a credential can have, by the cloud on which the provider runs and what it speaks. */
export function formsOf(rest: ProviderSpec, known: Schemas['CatalogProvider'] | undefined): Form[] {
  const platform = rest.platform as Schemas['PlatformSpec'] | undefined;
  if (cloudOf(platform, known) === 'azure') return ['key', 'entra', 'metadata'];
  if (cloudOf(platform, known) === 'vertex') return ['service_account', 'metadata'];
  return (rest.dialect ?? known?.dialect) === 'bedrock-converse' ? ['key', 'aws'] : ['key'];
}

/** The cloud of a provider: the one that its spec says, or that of its entry in the catalogue. */
export function cloudOf(
  platform: Schemas['PlatformSpec'] | undefined,
  known: Schemas['CatalogProvider'] | undefined,
): 'azure' | 'vertex' | undefined {
  if (platform) return 'azure' in platform ? 'azure' : 'vertex';
  const clouds: Record<string, 'azure' | 'vertex'> = { 'azure-openai': 'azure', vertex: 'vertex' };
  return known && clouds[known.id];
}

/** A credential that there is. */
export function credentialFields(credential: CredentialSpec, id: number): CredentialFields {
  const { name, weight = 1, disabled, limits } = credential;
  const form = formOf(credential);
  const secrets = PARTS[form].flatMap((part) => {
    const secret = secretAt(credential, form, part);
    return secret ? [[part, readSource(secret)] as const] : [];
  });
  const sources = new Set(secrets.map(([, { source }]) => source));
  return {
    id,
    name,
    form,
    source: secrets[0]?.[1].source ?? 'env',
    texts: Object.fromEntries(secrets.map(([part, { text }]) => [part, text])),
    plain: plainOf(credential, form),
    weight,
    disabled: disabled === true,
    limits: limitFields(limits as Schemas['CredentialLimits'] | undefined),
    ...(sources.size > 1 && { kept: credential }),
  };
}

/** The credential that the fields stand for; `stored` has the names of pasted secrets by their places. */
export function credentialSpec(
  fields: CredentialFields,
  stored: ReadonlyMap<string, string>,
): CredentialSpec {
  const { form, kept, weight, disabled } = fields;
  const limits = limitsOf(fields.limits);
  return {
    name: fields.name.trim(),
    ...(kept ? { [form]: kept[form] } : { [form]: accessOf(fields, stored) }),
    ...(weight !== 1 && { weight }),
    ...(limits && { limits }),
    ...(disabled && { disabled }),
  };
}

/** Whether a credential may be used less than always. */
export function isLimited({ disabled, limits }: CredentialFields): boolean {
  return disabled || LIMITS.some((name) => limits[name] !== '');
}

/** The place of a secret among all of a form. */
export function placeOf(id: number, part: Part): string {
  return `${id}/${part}`;
}

/** The secrets of a credential that are pasted, with the end of the name under which they are stored. */
export function pastedOf({ id, form, source, texts }: CredentialFields) {
  if (source !== 'paste') return [];
  return PARTS[form].flatMap((part) => {
    const value = texts[part]?.trim();
    const end = part === 'key' ? 'key' : part.replaceAll('_', '-');
    return value ? [{ place: placeOf(id, part), end, value }] : [];
  });
}

/** Why a credential cannot be sent yet. */
export function lacking({ form, kept, name, source, texts, plain }: CredentialFields): string | undefined {
  const needed = PARTS[form].filter((part) => part !== 'session_token');
  const empty = !kept && needed.some((part) => !texts[part]?.trim());
  if (empty && source === 'paste') return form === 'key' ? 'Paste the key.' : 'Paste the secrets.';
  if (empty) return 'Say where the key comes from.';
  if (!kept && PLAIN[form].some((each) => each.needed && !plain[each.name]?.trim())) {
    return 'Say tenant and client.';
  }
  return name.trim() ? undefined : 'Give every credential a name.';
}

/** Where in a credential a secret stands, for the faults that point there. */
export function pointerTo(form: Form, part: Part): string {
  return form === part ? part : `${form}/${part}`;
}

/** What a credential is and where it comes from: `an AWS key pair, from the variable …`. */
export function accessInWords(credential: CredentialSpec): string {
  const form = formOf(credential);
  const secret = PARTS[form].map((part) => secretAt(credential, form, part)).at(form === 'aws' ? 1 : 0);
  const words = {
    key: '',
    service_account: 'service account',
    entra: `client of Entra ID in ${plainOf(credential, form).tenant ?? ''}`,
    aws: 'AWS key pair',
    metadata: 'the machine’s own identity',
  };
  return [words[form], secret && sourceInWords(secret)].filter(Boolean).join(', ');
}

function sourceInWords(key: KeySource): string {
  if ('secret' in key) return `stored as ${key.secret}`;
  return 'env' in key ? `from the variable ${key.env}` : `from the file ${key.file}`;
}

function formOf(credential: CredentialSpec): Form {
  const forms: Form[] = ['service_account', 'entra', 'aws', 'metadata'];
  return forms.find((form) => credential[form]) ?? 'key';
}

function secretAt(credential: CredentialSpec, form: Form, part: Part): KeySource | undefined {
  const access = credential[form] as Record<string, KeySource | undefined> | undefined;
  return form === part ? (access as KeySource | undefined) : access?.[part];
}

function plainOf(credential: CredentialSpec, form: Form): Record<string, string> {
  const access = (credential[form] ?? {}) as Record<string, unknown>;
  const said = PLAIN[form].flatMap(({ name }) => {
    const value = access[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(said);
}

function accessOf(fields: CredentialFields, stored: ReadonlyMap<string, string>): unknown {
  const { id, form, source, texts, plain } = fields;
  const secrets = PARTS[form].flatMap((part) => {
    const text = texts[part]?.trim();
    return text || part !== 'session_token'
      ? [[part, written(source, text ?? '', stored.get(placeOf(id, part)))] as const]
      : [];
  });
  if (form === 'key' || form === 'service_account') return secrets[0]?.[1];
  const said = PLAIN[form].flatMap(({ name }) => {
    const text = plain[name]?.trim();
    return text ? [[name, text] as const] : [];
  });
  return Object.fromEntries([...said, ...secrets]);
}

function readSource(key: KeySource): { source: Source; text: string } {
  if ('secret' in key) return { source: 'secret', text: key.secret };
  return 'env' in key ? { source: 'env', text: key.env } : { source: 'file', text: key.file };
}

function written(source: Source, text: string, stored: string | undefined): KeySource {
  if (source === 'env') return { env: text };
  if (source === 'file') return { file: text };
  return { secret: source === 'paste' ? (stored ?? 'NAME') : text };
}
