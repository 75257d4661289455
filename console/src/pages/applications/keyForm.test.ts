import { describe, expect, it } from 'vitest';
import { blocked, bodyOf, type Fields, modelChoices } from './keyForm';

const plain: Fields = { application: 'web', name: '', life: 'never', until: '', models: [] };
const now = Date.parse('2026-11-25T12:00:00Z');

describe('the form of a key', () => {
  it('asks for no more than is said', () => {
    expect(bodyOf(plain)).toEqual({ application: 'web', models: [] });
    expect(bodyOf({ ...plain, name: ' web-1 ', life: '90d', models: ['openai/*'] })).toEqual({
      application: 'web',
      name: 'web-1',
      expires_in: '90d',
      models: ['openai/*'],
    });
  });

  it('lets a key work up to the end of its last day', () => {
    const body = bodyOf({ ...plain, life: 'until', until: '2026-12-31' });
    expect(body.expires_at).toBe(new Date('2026-12-31T23:59:59').toISOString());
  });

  it('says what is missing', () => {
    expect(blocked(plain, now)).toBeUndefined();
    expect(blocked({ ...plain, application: '' }, now)).toBe('Say for which application.');
    expect(blocked({ ...plain, life: 'until' }, now)).toBe('Say until when it works.');
    expect(blocked({ ...plain, life: 'until', until: '2026-11-20' }, now)).toBe('That day is over.');
  });
});

describe('models to choose from', () => {
  it('are names and the prefixes that they share', () => {
    expect(modelChoices(['smart', 'openai/a', 'openai/b'])).toEqual([
      'openai/*',
      'smart',
      'openai/a',
      'openai/b',
    ]);
  });
});
