import { expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import { daysFrom, ofState, rangeOf, ruleWords } from './words';

const group = (state: Schemas['RefusalState']) => ({ state }) as Schemas['RefusalGroup'];

it('tells one amount where the least is the most, exact to the nano-dollar', () => {
  expect(rangeOf('0.50', '0.5')).toBe('$0.50');
  expect(rangeOf('0.000000001', '12')).toBe('$0.000000001 to $12.00');
});

it('names what said no by its kind, and nothing where nothing did', () => {
  expect(ruleWords({ rule: { kind: 'Budget', name: 'month' } })).toBe('budget month');
  expect(ruleWords({})).toBeUndefined();
});

it('shows the groups of one state, all of them without a state, and waits for what is on its way', () => {
  const groups = [group('happening'), group('quiet'), group('happening')];
  expect(ofState(groups, 'happening')).toHaveLength(2);
  expect(ofState(groups, 'answered')).toEqual([]);
  expect(ofState(groups, undefined)).toBe(groups);
  expect(ofState(undefined, 'quiet')).toBeUndefined();
});

it('writes a later date as the API takes it', () => {
  expect(daysFrom(Date.parse('2026-11-25T18:00:00.250Z'), '30')).toBe('2026-12-25T18:00:00Z');
});
