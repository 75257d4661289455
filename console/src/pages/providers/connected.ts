/** Which providers there are, and which entry of the catalogue each goes by. Pure. */
import type { Schemas } from '@/api/client';

/** The provider that is always there. */
export const SANDBOX = 'sandbox';

/** Where the key of a credential comes from. */
export type KeySource = { env: string } | { file: string } | { secret: string };

/** A credential as it is written down: exactly one of its forms. */
export interface CredentialSpec {
  name: string;
  key?: KeySource;
  /** The key file of a Google service account. */
  service_account?: KeySource;
  /** A client of Microsoft Entra ID. */
  entra?: { client_secret: KeySource; [other: string]: unknown };
  /** The parts of a key pair of AWS. */
  aws?: Record<string, KeySource>;
  weight?: number;
  [other: string]: unknown;
}

/** What a provider says, as far as pages look at it. */
export interface ProviderSpec {
  catalog?: string;
  dialect?: Schemas['Dialect'];
  base_url?: string;
  credentials?: CredentialSpec[];
  [other: string]: unknown;
}

/** A provider as it is stored. */
export interface Stored {
  name: string;
  revision: number;
  spec: ProviderSpec;
}

/** The providers among resources. */
export function providersOf(resources: Schemas['Resource'][]): Stored[] {
  return resources.map(({ name, revision, spec }) => ({ name, revision, spec: spec as ProviderSpec }));
}

/** The entry of the catalogue that a provider goes by, whether or not there is one of that id. */
export function catalogIdOf({ name, spec }: Stored): string {
  return spec.catalog ?? name;
}

/** The names of the providers that go by each entry of the catalogue; the sandbox goes by its own. */
export function connectedBy(providers: Stored[]): Map<string, string[]> {
  const connected = new Map([[SANDBOX, [SANDBOX]]]);
  for (const provider of providers) {
    const id = catalogIdOf(provider);
    const names = connected.get(id) ?? [];
    if (!names.includes(provider.name)) connected.set(id, [...names, provider.name]);
  }
  return connected;
}

/** The models that send calls to a provider. */
export function modelsAt(provider: string, models: Schemas['Resource'][]): string[] {
  return models
    .filter(({ spec }) =>
      (spec as Schemas['ModelSpec']).targets.some((target) => target.provider === provider),
    )
    .map(({ name }) => name);
}

/** The stored secrets that a provider takes. */
export function secretsOf({ credentials = [] }: ProviderSpec): string[] {
  return credentials.flatMap(({ key, service_account, entra, aws }) => {
    const sources = [key, service_account, entra?.client_secret, ...Object.values(aws ?? {})];
    return sources.flatMap((each) => (each && 'secret' in each ? each.secret : []));
  });
}

/** The stored secrets that one provider takes and no other does. */
export function secretsOnlyOf(name: string, providers: Stored[]): string[] {
  const others = new Set(
    providers.filter((each) => each.name !== name).flatMap(({ spec }) => secretsOf(spec)),
  );
  const own = providers.find((each) => each.name === name);
  return own ? secretsOf(own.spec).filter((secret) => !others.has(secret)) : [];
}
