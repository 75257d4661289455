import { describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import { blocked, fieldsOf, freeName, newFields, renamed, specOf, withCredential } from './form';

const openai: Schemas['CatalogProvider'] = {
  id: 'openai',
  title: 'OpenAI',
  dialect: 'openai-chat',
  base_url: 'https://api.openai.com/v1',
  env: ['OPENAI_API_KEY'],
  keyless: false,
  credential: 'key',
  models: 9,
};
const none = new Map<string, string>();

describe('the form of a provider', () => {
  it('makes the spec that it was made of', () => {
    const spec = {
      catalog: 'openai',
      headers: { 'x-project': 'a' },
      credentials: [
        { name: 'main', key: { env: 'OPENAI_API_KEY' }, weight: 3 },
        { name: 'spare', key: { secret: 'openai-key' } },
        { name: 'disk', key: { file: '/run/key' } },
        { name: 'robot', service_account: { file: '/run/robot.json' } },
        { name: 'app', entra: { tenant: 't', client_id: 'c', client_secret: { env: 'S' } }, weight: 2 },
        { name: 'vm', metadata: {} },
      ],
    };
    expect(specOf(fieldsOf({ name: 'work', revision: 1, spec }), none)).toEqual(spec);
  });

  it('is one line for a provider of the catalogue', () => {
    const fields = newFields(openai, [], false);
    expect(fields.name).toBe('openai');
    expect(specOf(fields, none)).toEqual({ credentials: [{ name: 'main', key: { env: 'OPENAI_API_KEY' } }] });
  });

  it('asks for the key file of a service account where that is usual', () => {
    const vertex = { ...openai, id: 'vertex', env: ['ROBOT'], credential: 'service_account' as const };
    const spec = specOf(newFields(vertex, [], false), none);
    expect(spec).toEqual({ credentials: [{ name: 'main', service_account: { env: 'ROBOT' } }] });
  });

  it('names its entry of the catalogue where its own name is another', () => {
    const second = newFields(openai, ['openai'], true);
    expect(second).toMatchObject({ name: 'openai-2', rest: { catalog: 'openai' } });
    expect(renamed(newFields(openai, [], true), 'work', openai).rest).toEqual({ catalog: 'openai' });
    expect(renamed(second, 'openai', openai).rest).toEqual({});
  });

  it('never has a pasted key in its spec', () => {
    const fields = newFields(openai, [], true);
    const pasted = {
      ...fields,
      credentials: fields.credentials.map((each) => ({ ...each, texts: { key: 'sk-very-secret' } })),
    };
    expect(JSON.stringify(specOf(pasted, none))).not.toContain('sk-');
    expect(specOf(pasted, new Map([['1/key', 'openai-key']])).credentials).toEqual([
      { name: 'main', key: { secret: 'openai-key' } },
    ]);
  });

  it('needs no key where the provider needs none', () => {
    expect(specOf(newFields({ ...openai, keyless: true }, [], true), none)).toEqual({});
  });

  it('takes one’s own machine to cost nothing, where the catalogue has no prices', () => {
    const ollama = { ...openai, id: 'ollama', keyless: true, models: 0 };
    expect(specOf(newFields(ollama, [], true), none)).toEqual({ unpriced: 'free' });
    expect(specOf(newFields({ ...openai, models: 0 }, [], false), none)).not.toHaveProperty('unpriced');
  });

  it('says what is missing', () => {
    expect(blocked(newFields(undefined, [], true), true)).toBe('Say at which address it is.');
    expect(blocked(newFields(openai, [], true), false)).toBe('Paste the key.');
    expect(blocked(newFields(openai, [], false), false)).toBeUndefined();
  });

  it('gives every credential a name of its own', () => {
    const fields = withCredential(withCredential(newFields(openai, [], false), 'env'), 'env');
    expect(fields.credentials.map(({ name }) => name)).toEqual(['main', 'spare', 'spare-2']);
  });
});

describe('a free name', () => {
  it('is the wanted one, or the next that nobody has', () => {
    expect(freeName('key', [])).toBe('key');
    expect(freeName('key', ['key', 'key-2'])).toBe('key-3');
  });
});
