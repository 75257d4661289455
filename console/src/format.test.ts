import { describe, expect, it } from 'vitest';
import { count, counted, countShort, duration, percent, relative, span } from './format';

describe('format', () => {
  it('writes durations in the unit that fits', () => {
    expect(duration(640)).toBe('640 µs');
    expect(duration(4_120)).toBe('4.1 ms');
    expect(duration(412_000)).toBe('412 ms');
    expect(duration(999_700)).toBe('1.0 s');
    expect(duration(1_240_000)).toBe('1.2 s');
    expect(duration(125_000_000)).toBe('2 min 5 s');
  });

  it('writes spans in their two largest units', () => {
    expect(span(0)).toBe('0 s');
    expect(span(45)).toBe('45 s');
    expect(span(3 * 3600)).toBe('3 h');
    expect(span(4 * 86400 + 2 * 3600 + 59)).toBe('4 d 2 h');
  });

  it('writes numbers with separators or short', () => {
    expect(count(12408)).toBe('12,408');
    expect(countShort(12408)).toBe('12.4k');
    expect(counted(1, 'key')).toBe('1 key');
    expect(counted(0, 'key')).toBe('0 keys');
  });

  it('never shows a small share as nothing', () => {
    expect(percent(0)).toBe('0 %');
    expect(percent(0.0001)).toBe('< 0.1 %');
    expect(percent(0.0042)).toBe('0.4 %');
    expect(percent(0.123)).toBe('12 %');
  });

  it('tells how long ago or how soon', () => {
    const now = Date.parse('2026-11-25T12:00:00Z');
    expect(relative('2026-11-25T11:59:59Z', now)).toBe('now');
    expect(relative('2026-11-25T11:59:48Z', now)).toBe('12 s ago');
    expect(relative('2026-11-25T10:00:00Z', now)).toBe('2 h ago');
    expect(relative('2026-11-28T12:00:00Z', now)).toBe('in 3 d');
    expect(relative('2026-01-02T12:00:00Z', now)).toBe('2 Jan 2026');
  });
});
