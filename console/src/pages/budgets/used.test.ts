import { describe, expect, it } from 'vitest';
import { usedWords } from './Used';

const words = (spent: string, limit = '1000') => usedWords({ spent, limit });

describe('how much of a budget is used, in words', () => {
  it('is nothing or all only where that is so', () => {
    expect(words('0')).toBe('0 %');
    expect(words('0.000000001')).toBe('< 0.1 %');
    expect(words('999.999999999')).toBe('99 %');
    expect(words('1000')).toBe('100 %');
  });

  it('is rounded between them', () => {
    expect(words('1')).toBe('0.1 %');
    expect(words('27')).toBe('2.7 %');
    expect(words('494')).toBe('49 %');
  });

  it('is more than all of a limit that was lowered below what is spent', () => {
    expect(words('2500')).toBe('250 %');
  });
});
