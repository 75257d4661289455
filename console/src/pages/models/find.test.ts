import { describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import { able, finder, found, ordered, orderOf, sandboxLast, unknownName } from './find';

const model = (key: string, context?: number, input?: string): Schemas['CatalogModel'] => {
  const slash = key.indexOf('/');
  return {
    provider: key.slice(0, slash),
    id: key.slice(slash + 1),
    context_window: context,
    price: input === undefined ? undefined : { source: 'list', rates: { input, output: '1' } },
  };
};
const models = [
  model('openai/ada', undefined, '0.40'),
  model('openai/gpt-4o', 128_000, '2.50'),
  model('openai/gpt-5', 400_000, '10.00'),
  model('openai/gpt-5.10', 400_000),
  model('anthropic/claude-sonnet-4-5', 200_000, '9'),
  model('sandbox/echo', 8_192, '1.00'),
];
const titles = new Map([
  ['openai', 'OpenAI'],
  ['anthropic', 'Anthropic'],
]);
const ids = (list: { id: string }[]) => list.map(({ id }) => id);

describe('what is looked for', () => {
  it('is found by words in any order over name and provider', () => {
    expect(ids(found(models, 'gpt openai 5', titles))).toEqual(['gpt-5', 'gpt-5.10']);
    expect(ids(found(models, 'Sonnet  anthropic', titles))).toEqual(['claude-sonnet-4-5']);
    expect(found(models, 'sonnet openai', titles)).toEqual([]);
    expect(found(models, ' ', titles)).toHaveLength(models.length);
  });

  it('is found however its name is punctuated', () => {
    expect(ids(found(models, 'sonnet 4.5', titles))).toEqual(['claude-sonnet-4-5']);
    expect(ids(found(models, 'anthropic/claude', titles))).toEqual(['claude-sonnet-4-5']);
    expect(finder('45')('claude-sonnet-4-5')).toBe(false);
  });
});

describe('the order of the catalogue', () => {
  const connected = new Map([
    ['anthropic', []],
    ['sandbox', []],
  ]);

  it('has what is connected first, then the largest and newest, and the sandbox last', () => {
    expect(ids(ordered(models, 'usual', connected))).toEqual([
      'claude-sonnet-4-5',
      'gpt-5.10',
      'gpt-5',
      'gpt-4o',
      'ada',
      'echo',
    ]);
  });

  it('compares prices by value, and has what nobody prices last', () => {
    expect(ids(ordered(models, 'price', connected))).toEqual([
      'ada',
      'echo',
      'gpt-4o',
      'claude-sonnet-4-5',
      'gpt-5',
      'gpt-5.10',
    ]);
  });

  it('can be by context or name', () => {
    expect(ids(ordered(models, 'context', connected)).slice(0, 3)).toEqual([
      'gpt-5',
      'gpt-5.10',
      'claude-sonnet-4-5',
    ]);
    expect(ids(ordered(models, 'name', connected)).slice(-2)).toEqual(['gpt-5', 'gpt-5.10']);
  });

  it('is the usual one where the address says nothing or nonsense', () => {
    expect([orderOf(undefined), orderOf('x'), orderOf('price')]).toEqual(['usual', 'usual', 'price']);
  });
});

describe('callable names', () => {
  const callable = (name: string, provider: string, rule?: true): Schemas['CallableModel'] => ({
    name,
    strategy: 'priority',
    targets: [{ provider, model: name, weight: 1 }],
    rule: rule && { kind: 'Model', name, revision: 1 },
  });

  it('have the sandbox behind real providers, and its failures at the end', () => {
    const list = [
      callable('echo', 'sandbox'),
      callable('fail-429', 'sandbox'),
      callable('gpt-5', 'openai'),
      callable('slow', 'sandbox'),
    ];
    expect(sandboxLast(list).map(({ name }) => name)).toEqual(['gpt-5', 'echo', 'slow', 'fail-429']);
  });

  it('keep a model of one’s own where it is, wherever it leads', () => {
    const own = callable('fail-over', 'sandbox', true);
    expect(sandboxLast([own, callable('gpt-5', 'openai')])[0]).toBe(own);
  });

  it('that mean nothing are told of without the addresses of the API', () => {
    const detail = 'No model is called "nine"; GET /api/v1/models lists those that are.';
    expect(unknownName(detail)).toBe('No model is called "nine".');
    expect(unknownName('No model is called "nine". Near matches: wine.')).toContain('wine.');
  });
});

describe('abilities', () => {
  const model = { provider: 'a', id: 'b', abilities: ['chat', 'tools'] } as Schemas['CatalogModel'];

  it('have to be known, all that are wanted', () => {
    expect(able(model, [])).toBe(true);
    expect(able(model, ['tools', 'chat'])).toBe(true);
    expect(able(model, ['tools', 'vision'])).toBe(false);
    expect(able({ ...model, abilities: undefined }, ['chat'])).toBe(false);
  });
});
