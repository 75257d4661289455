import { expect, it } from 'vitest';
import { endWords, makerWords } from './links';

it('tells the end of a link by the time that is left, and by its day where that is more than one', () => {
  const now = Date.parse('2026-11-25T12:00:00Z');
  expect(endWords('2026-11-25T12:14:30Z', now)).toBe('in 14 min');
  expect(endWords('2026-11-26T11:59:00Z', now)).toBe('in 23 h');
  expect(endWords('2026-11-28T12:00:00Z', now)).toBe('on 28 Nov 2026');
});

it('names people by their names, and what is no person by what it is', () => {
  expect(['anna', 'start', 'operator'].map(makerWords)).toEqual([
    'anna',
    'Tollgate, at its start',
    'operator’s token',
  ]);
});
