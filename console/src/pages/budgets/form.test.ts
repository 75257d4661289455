import { describe, expect, it } from 'vitest';
import { blocked, EMPTY, fieldsOf, proposedName, specOf } from './form';

const team = { ...EMPTY, scope: { kind: 'team' as const, name: 'research' }, limit: '$1,250.50' };

describe('the form of a budget', () => {
  it('makes the spec that it was opened with', () => {
    const spec = specOf(team);
    expect(spec).toEqual({
      scope: { team: 'research' },
      limit: '1250.5',
      window: 'month',
      time_zone: 'UTC',
      on_exhausted: 429,
    });
    expect(specOf(fieldsOf('research-month', spec))).toEqual(spec);
  });

  it('says what is missing', () => {
    expect(blocked(team)).toBeUndefined();
    expect(blocked(EMPTY)).toBe('Say how much may be spent.');
    expect(blocked({ ...team, scope: { kind: 'team', name: '' } })).toBe('Say which team.');
    expect(blocked({ ...team, limit: '-1' })).toBe('A limit is not negative.');
  });

  it('proposes a name that is one', () => {
    expect(proposedName(EMPTY)).toBe('everything-month');
    expect(proposedName(team)).toBe('research-month');
    expect(proposedName({ ...team, scope: { kind: 'model', name: 'openai/gpt-5' } })).toBe(
      'openai-gpt-5-month',
    );
  });
});
