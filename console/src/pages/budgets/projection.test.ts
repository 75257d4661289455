import { describe, expect, it } from 'vitest';
import { parse } from '@/money';
import { outlook } from './projection';

const window = { starts: '2026-11-01T00:00:00Z', ends: '2026-12-01T00:00:00Z', limit: '300' };
const after = (days: number) => Date.parse(window.starts) + days * 86_400_000;

describe('the outlook of a budget', () => {
  it('is the day on which it is used up, where it goes too fast', () => {
    const told = outlook({ ...window, spent: '150' }, after(10));
    expect(told).toEqual({ kind: 'runs_out', at: '2026-11-21T00:00:00.000Z' });
  });

  it('is what will have been spent at the end, where it lasts', () => {
    const told = outlook({ ...window, spent: '33.000000003' }, after(10));
    expect(told).toEqual({ kind: 'lasts', spentAtEnd: parse('99.000000009') });
  });

  it('lasts where the end of the money and that of the window are one', () => {
    expect(outlook({ ...window, spent: '100' }, after(10)).kind).toBe('lasts');
  });

  it('is quiet before anything is spent, and used up when nothing is left', () => {
    expect(outlook({ ...window, spent: '0' }, after(10))).toEqual({ kind: 'quiet' });
    expect(outlook({ ...window, spent: '300' }, after(10))).toEqual({ kind: 'used_up' });
    expect(outlook({ ...window, limit: '0', spent: '0' }, after(10))).toEqual({ kind: 'used_up' });
  });
});
