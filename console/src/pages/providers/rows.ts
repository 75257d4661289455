/** What the page knows of each provider, put together from what is stored, known and measured. Pure. */
import type { Schemas } from '@/api/client';
import { catalogIdOf, type KeySource, providersOf, SANDBOX, type Stored } from './connected';

type Health = Schemas['CredentialView'];
type Known = Schemas['CatalogProvider'];

/** A credential, where its key comes from, and how it is. */
export interface Credential {
  /** Undefined for a provider that is called without one. */
  name?: string;
  key?: KeySource;
  weight?: number;
  /** `unread`: its key could not be read, so it is not used. */
  state: 'ok' | 'cooling' | 'unread';
  health?: Health;
}

/** A provider as the page shows it. */
export interface Row {
  name: string;
  /** Undefined for the built-in sandbox. */
  stored?: Stored;
  /** The entry of the catalogue that it goes by, where there is one. */
  known?: Known;
  title: string;
  dialect?: Schemas['Dialect'];
  address?: string;
  credentials: Credential[];
  /** What its calls came to; undefined where there were none, or nobody may see. */
  usage?: Schemas['UsageGroup'];
}

/** How a provider is as a whole. */
export type Condition = 'ok' | 'weakened' | 'down' | 'keyless' | 'unusable';

/** The rows of all providers by name, the built-in sandbox last. */
export function rowsOf(given: {
  resources: Schemas['Resource'][];
  known: Known[];
  health: Health[];
  usage: Schemas['UsageGroup'][];
}): Row[] {
  const stored = providersOf(given.resources).sort((a, b) => a.name.localeCompare(b.name));
  const rows = stored.map((provider) => rowOf(provider, given));
  if (stored.some(({ name }) => name === SANDBOX)) return rows;
  return [...rows, sandboxOf(given)];
}

/** How a provider is, by its credentials. */
export function conditionOf({ credentials, known }: Row): Condition {
  const well = credentials.filter(({ state }) => state === 'ok').length;
  if (credentials.length === 0) return known?.keyless ? 'ok' : 'unusable';
  if (well === credentials.length) return credentials[0]?.name === undefined ? 'keyless' : 'ok';
  if (well > 0) return 'weakened';
  return credentials.every(({ state }) => state === 'unread') ? 'unusable' : 'down';
}

type Given = Parameters<typeof rowsOf>[0];

function rowOf(stored: Stored, { known, health, usage }: Given): Row {
  const { name, spec } = stored;
  const entry = known.find(({ id }) => id === catalogIdOf(stored));
  const ours = health.filter(({ provider }) => provider === name);
  const named = (spec.credentials ?? []).map(({ name: credential, key, weight }): Credential => {
    const found = ours.find((each) => each.credential === credential);
    return { name: credential, key, weight, state: stateOf(found), health: found };
  });
  const bare = ours.filter(({ credential }) => !credential);
  return {
    name,
    stored,
    known: entry,
    title: entry?.title ?? name,
    dialect: spec.dialect ?? entry?.dialect,
    address: spec.base_url ?? entry?.base_url ?? undefined,
    credentials: named.length > 0 ? named : bare.map((found) => ({ state: stateOf(found), health: found })),
    usage: usage.find(({ value }) => value === name),
  };
}

function sandboxOf({ known, usage }: Given): Row {
  const entry = known.find(({ id }) => id === SANDBOX);
  return {
    name: SANDBOX,
    known: entry,
    title: entry?.title ?? 'Sandbox',
    dialect: entry?.dialect,
    credentials: [{ state: 'ok' }],
    usage: usage.find(({ value }) => value === SANDBOX),
  };
}

function stateOf(health: Health | undefined): Credential['state'] {
  if (!health) return 'unread';
  return health.state === 'ok' ? 'ok' : 'cooling';
}
