import { describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import { connectedBy, modelsAt, providersOf, secretsOnlyOf } from './connected';
import { conditionOf, rowsOf } from './rows';

const provider = (name: string, spec: object): Schemas['Resource'] => ({
  kind: 'Provider',
  name,
  revision: 1,
  spec,
});
const known: Schemas['CatalogProvider'][] = [
  {
    id: 'openai',
    title: 'OpenAI',
    dialect: 'openai-chat',
    base_url: 'https://api.openai.com/v1',
    env: [],
    keyless: false,
    credential: 'key',
    models: 9,
  },
  {
    id: 'ollama',
    title: 'Ollama',
    dialect: 'openai-chat',
    env: [],
    keyless: true,
    credential: 'key',
    models: 0,
  },
  {
    id: 'sandbox',
    title: 'Sandbox',
    dialect: 'openai-chat',
    env: [],
    keyless: true,
    credential: 'key',
    models: 3,
  },
];
const key = (name: string) => ({ name, key: { secret: `${name}-key` } });
const resources = [
  provider('work', { catalog: 'openai', credentials: [key('a'), key('b')] }),
  provider('ollama', { base_url: 'http://10.0.0.7/v1' }),
  provider('house', { dialect: 'gemini', base_url: 'http://house', credentials: [key('c')] }),
];
const health: Schemas['CredentialView'][] = [
  { provider: 'work', credential: 'a', state: 'ok' },
  { provider: 'work', credential: 'b', state: 'cooling_down', class: 'auth' },
  { provider: 'ollama', state: 'ok' },
];
const rows = rowsOf({ resources, known, health });

describe('the rows of the page', () => {
  it('come by name, the sandbox last', () => {
    expect(rows.map(({ name }) => name)).toEqual(['house', 'ollama', 'work', 'sandbox']);
  });

  it('take from the catalogue what the provider does not say itself', () => {
    expect(rows[2]).toMatchObject({
      title: 'OpenAI',
      dialect: 'openai-chat',
      address: 'https://api.openai.com/v1',
    });
    expect(rows[1]).toMatchObject({ title: 'Ollama', address: 'http://10.0.0.7/v1' });
    expect(rows[0]).toMatchObject({ title: 'house', dialect: 'gemini', address: 'http://house' });
  });

  it('tell how a provider is', () => {
    expect(rows.map(conditionOf)).toEqual(['unusable', 'used', 'weakened', 'used']);
    const [only] = rowsOf({ resources: resources.slice(0, 1), known, health: health.slice(1) });
    expect(only?.credentials.map(({ state }) => state)).toEqual(['unread', 'cooling']);
    expect(only && conditionOf(only)).toBe('down');
  });

  it('do not say that a provider is well which answered nobody', () => {
    const sums = (calls: number, errors: number) => ({
      ...{ value: 'ollama', calls, errors, refused: 0, prompt_tokens: 0, output_tokens: 0, cost: '0' },
    });
    const ollama = (usage: Schemas['UsageGroup'][]) => {
      const found = rowsOf({ resources, known, health, usage }).find(({ name }) => name === 'ollama');
      return found && conditionOf(found);
    };
    expect([ollama([]), ollama([sums(3, 3)]), ollama([sums(3, 2)])]).toEqual([
      'silent',
      'silent',
      'answering',
    ]);
  });

  it('know which credential is kept in reserve', () => {
    const reserves = (...weights: number[]) => {
      const credentials = weights.map((weight, place) => ({ ...key(`k${place}`), weight }));
      const [row] = rowsOf({ resources: [provider('pool', { credentials })], known });
      return row?.credentials.map(({ reserve }) => reserve);
    };
    expect(reserves(1, 0)).toEqual([false, true]);
    expect(reserves(0)).toEqual([false]);
  });

  it('claim nothing of a credential that nobody told of yet', () => {
    const states = (given: { health?: Schemas['CredentialView'][]; stale?: boolean }) =>
      rowsOf({ resources: resources.slice(2), known, ...given })[0]?.credentials.map(({ state }) => state);
    expect(states({})).toEqual(['unknown']);
    expect(states({ health, stale: true })).toEqual(['unknown']);
    expect(states({ health })).toEqual(['unread']);
  });

  it('have no second sandbox where one is stored', () => {
    const own = rowsOf({ resources: [provider('sandbox', {})], known, health });
    expect(own).toHaveLength(1);
  });
});

describe('what is connected', () => {
  it('is told by the entry of the catalogue', () => {
    const connected = connectedBy(providersOf([...resources, provider('openai', {})]));
    expect(connected.get('openai')).toEqual(['work', 'openai']);
    expect(connected.get('sandbox')).toEqual(['sandbox']);
  });

  it('knows the models that send calls there', () => {
    const model = (name: string, target: string): Schemas['Resource'] => ({
      kind: 'Model',
      name,
      revision: 1,
      spec: { targets: [{ provider: target, model: 'x' }] },
    });
    expect(modelsAt('work', [model('smart', 'work'), model('fast', 'house')])).toEqual(['smart']);
  });

  it('knows the secrets that nobody else takes', () => {
    const shared = provider('second', { credentials: [key('a')] });
    expect(secretsOnlyOf('work', providersOf([...resources, shared]))).toEqual(['b-key']);
  });
});
