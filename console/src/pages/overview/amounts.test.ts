import { expect, it } from 'vitest';
import { parse, write } from '@/money';
import { largest, roughly, roundAbove } from './amounts';

it('finds the largest amount by value', () => {
  expect(write(largest(['9', '10', '0.5']))).toBe('10');
  expect(largest([])).toBe(0n);
});

it('finds the power of ten that an axis is divided by', () => {
  expect(write(roundAbove(parse('0.007464')))).toBe('0.01');
  expect(write(roundAbove(parse('0.01')))).toBe('0.01');
  expect(write(roundAbove(parse('31.2')))).toBe('100');
  expect(write(roundAbove(0n))).toBe('0.000000001');
});

it('writes an average with three digits that count', () => {
  expect(write(roughly(parse('0.000267285')))).toBe('0.000267');
  expect(write(roughly(parse('12.3456')))).toBe('12.3');
  expect(write(roughly(parse('0.9996')))).toBe('1');
  expect(write(roughly(parse('0.000000004')))).toBe('0.000000004');
});
