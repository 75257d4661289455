/** What the page knows of each provider, put together from what is stored, known and measured. Pure. */
import type { Schemas } from '@/api/client';
import { catalogIdOf, providersOf, SANDBOX, type Stored } from './connected';
import { accessInWords } from './credentials';

type Health = Schemas['CredentialView'];
type Known = Schemas['CatalogProvider'];

/** A credential, what it is and where it comes from, and how it is. */
export interface Credential {
  /** Undefined for a provider that is called without one. */
  name?: string;
  /** What it is and where it comes from, in words. */
  access?: string;
  weight?: number;
  /** Used only where those with a weight fail. */
  reserve?: boolean;
  /**
   * `used`: calls are sent with it, which does not say that they are answered. `cooling`: it failed and is left
   * alone for a while. `failing`: it has rested, and no call has succeeded since. `disabled`: it is switched off.
   * `unread`: its key could not be read, so it is not used. `unknown`: nobody told yet.
   */
  state: 'used' | 'cooling' | 'failing' | 'disabled' | 'unread' | 'unknown';
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
  /** What the calls came to that ended there in the last 24 hours; undefined where nobody told. */
  usage?: Schemas['UsageGroup'];
}

/**
 * How a provider is as a whole. `answering`: calls are sent there and have been answered. `silent`: calls are
 * sent there, and none has been answered. `used`: calls are sent there, and nobody told what came of them.
 * `weakened`: only some of its credentials are used. `down`: none is, for a while. `unusable`: it has none.
 */
export type Condition = 'answering' | 'silent' | 'used' | 'weakened' | 'down' | 'unusable' | 'unknown';

/** What is put together. */
interface Given {
  resources: Schemas['Resource'][];
  known: Known[];
  /** The credentials that are told of; undefined where nobody told. */
  health?: Health[];
  /** Whether `health` is older than the rest, so that a credential may be missing from it. */
  stale?: boolean;
  /** The sums by provider; undefined where nobody told. */
  usage?: Schemas['UsageGroup'][];
}

/** The rows of all providers by name, the built-in sandbox last. */
export function rowsOf(given: Given): Row[] {
  const stored = providersOf(given.resources).sort((a, b) => a.name.localeCompare(b.name));
  const rows = stored.map((provider) => rowOf(provider, given));
  if (stored.some(({ name }) => name === SANDBOX)) return rows;
  return [...rows, sandboxOf(given)];
}

/** How a provider is, by its credentials and by what came of its calls. */
export function conditionOf({ credentials: all, usage }: Row): Condition {
  const credentials = all.filter(({ state }) => state !== 'disabled');
  const used = credentials.filter(({ state }) => state === 'used').length;
  if (credentials.length === 0) return 'unusable';
  if (credentials.some(({ state }) => state === 'unknown')) return 'unknown';
  if (used === 0) return credentials.every(({ state }) => state === 'unread') ? 'unusable' : 'down';
  if (used < credentials.length) return 'weakened';
  if (!usage) return 'used';
  return answeredOf(usage) > 0 ? 'answering' : 'silent';
}

/** How many of the calls that ended at a provider it answered. */
export function answeredOf({ calls, errors, refused }: Schemas['UsageGroup']): number {
  return calls - errors - refused;
}

function rowOf(stored: Stored, given: Given): Row {
  const { name, spec } = stored;
  const entry = given.known.find(({ id }) => id === catalogIdOf(stored));
  const ours = given.health?.filter(({ provider }) => provider === name);
  const specs = spec.credentials ?? [];
  const drawn = specs.some(({ weight }) => weight !== 0);
  const named = specs.map((written): Credential => {
    const { name: credential, weight } = written;
    const health = ours?.find((each) => each.credential === credential);
    const reserve = drawn && weight === 0;
    return {
      name: credential,
      access: accessInWords(written),
      weight,
      reserve,
      state: stateOf(health, given),
      health,
    };
  });
  const bare = ours?.find(({ credential }) => !credential);
  return {
    name,
    stored,
    known: entry,
    title: entry?.title ?? name,
    dialect: spec.dialect ?? entry?.dialect,
    address: spec.base_url ?? entry?.base_url ?? undefined,
    // Without credentials it is called without a key.
    credentials:
      named.length > 0 ? named : [{ state: bare ? stateOf(bare, given) : 'unknown', health: bare }],
    usage: usageOf(name, given),
  };
}

function sandboxOf(given: Given): Row {
  const entry = given.known.find(({ id }) => id === SANDBOX);
  return {
    name: SANDBOX,
    known: entry,
    title: entry?.title ?? 'Sandbox',
    dialect: entry?.dialect,
    credentials: [{ state: 'used' }],
    usage: usageOf(SANDBOX, given),
  };
}

const STATES: Record<Health['state'], Credential['state']> = {
  ok: 'used',
  cooling_down: 'cooling',
  failing: 'failing',
  disabled: 'disabled',
};

function stateOf(health: Health | undefined, { health: told, stale }: Given): Credential['state'] {
  if (health) return STATES[health.state];
  return told && !stale ? 'unread' : 'unknown';
}

function usageOf(name: string, { usage }: Given): Row['usage'] {
  const none = { calls: 0, errors: 0, refused: 0, prompt_tokens: 0, output_tokens: 0, cost: '0' };
  return usage && (usage.find(({ value }) => value === name) ?? { value: name, ...none });
}
