import { expect, it } from 'vitest';
import { dayOf } from './days';

it('names today and yesterday, and other days by their date', () => {
  const now = new Date(2026, 10, 1, 0, 30);
  expect(dayOf(new Date(2026, 10, 1, 0, 0).toISOString(), now)).toBe('Today');
  expect(dayOf(new Date(2026, 9, 31, 23, 59).toISOString(), now)).toBe('Yesterday');
  expect(dayOf(new Date(2026, 9, 30, 23, 59).toISOString(), now)).toBe('Friday 30 October 2026');
});
