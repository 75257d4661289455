import { describe, expect, it } from 'vitest';
import { allows, covers, scopeOf, scopeParts, scopeWords } from './scope';

const caller = { team: 'acme', application: 'web-shop', key: 'web-shop-1' };

describe('the scope of a budget', () => {
  it('reads as it is written', () => {
    for (const scope of [
      'organization',
      { team: 'acme' },
      { key: 'k' },
      { model: 'openai/gpt-5' },
    ] as const) {
      expect(scopeOf(scopeParts(scope))).toEqual(scope);
    }
    expect(scopeWords('organization')).toBe('Everything');
    expect(scopeWords({ application: 'web-shop' })).toBe('Application web-shop');
  });

  it('covers the calls of a key by its key, application, team, or as everything', () => {
    for (const scope of [
      'organization',
      { team: 'acme' },
      { application: 'web-shop' },
      { key: 'web-shop-1' },
    ] as const) {
      expect(covers(scope, caller)).toBe(true);
    }
    expect(covers({ team: 'research' }, caller)).toBe(false);
    expect(covers({ model: 'acme' }, caller)).toBe(false);
  });
});

describe('the models of a key', () => {
  it('are all where none are named, and prefixes where they end in a star', () => {
    expect(allows([], 'smart')).toBe(true);
    expect(allows(['openai/*'], 'openai/gpt-5')).toBe(true);
    expect(allows(['smart'], 'smart-2')).toBe(false);
  });
});
