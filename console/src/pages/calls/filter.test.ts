import { describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import { filterOf, matches, merged, sumsOf } from './filter';

function call(id: string, more: Partial<Schemas['CallSummary']> = {}): Schemas['CallSummary'] {
  return {
    id,
    at: '2026-11-25T10:00:00Z',
    model: 'smart',
    status: 200,
    ending: 'completed',
    stream: false,
    tokens: 12,
    cost: '0.0031',
    first_byte: 1,
    duration: 2,
    ...more,
  };
}

describe('the filter of the list of calls', () => {
  it('is read from the address, with the usual time where none is said', () => {
    expect(filterOf({ status: '429', model: 'smart' }, '24h')).toMatchObject({
      status: 429,
      model: 'smart',
      since: '24h',
    });
    expect(filterOf({ since: '7d' }, '24h').since).toBe('7d');
  });

  it('asks sums for all but the key', () => {
    expect(sumsOf({ key: 'web-1', model: 'smart' })).toEqual({ model: 'smart' });
  });

  it('lets through the calls that the API would list', () => {
    const refused = call('call_1', {
      status: 402,
      ending: 'refused',
      reason: 'budget_exceeded',
      key: 'web-1',
    });
    expect(matches(refused, { reason: 'budget_exceeded', status: 402, key: 'web-1' })).toBe(true);
    expect(matches(refused, { key: 'web-2' })).toBe(false);
    expect(matches(refused, { provider: 'openai' })).toBe(false);
  });

  it('keeps to a time that was marked, and takes a span up to now', () => {
    const at = call('call_1');
    expect(matches(at, { since: '2026-11-25T10:00:00Z', until: '2026-11-25T11:00:00Z' })).toBe(true);
    expect(matches(at, { until: '2026-11-25T10:00:00Z' })).toBe(false);
    expect(matches(at, { since: '2026-11-25T10:00:01Z' })).toBe(false);
    expect(matches(at, { since: '24h' })).toBe(true);
  });
});

describe('calls that arrive', () => {
  const ids = (calls: Schemas['CallSummary'][]) => calls.map(({ id }) => id);
  const rows = [call('call_5'), call('call_3')];

  it('stand where their ids put them, each once', () => {
    const arrived = [call('call_6'), call('call_4'), call('call_5')];
    expect(ids(merged(rows, arrived, false))).toEqual(['call_6', 'call_5', 'call_4', 'call_3']);
  });

  it('are left out where they belong to a page that is not loaded', () => {
    expect(ids(merged(rows, [call('call_2')], true))).toEqual(['call_5', 'call_3']);
    expect(ids(merged(rows, [call('call_2')], false))).toEqual(['call_5', 'call_3', 'call_2']);
  });
});
