import { describe, expect, it } from 'vitest';
import { params, parseSearch, writeSearch } from './search';

describe('the address', () => {
  it('holds words as they are, also those that look like numbers', () => {
    expect(parseSearch('?status=429&model=gpt-5')).toEqual({ status: '429', model: 'gpt-5' });
    expect(writeSearch({ status: '429', q: 'a b&c' })).toBe('?status=429&q=a+b%26c');
  });

  it('is read as it was written', () => {
    const search = { model: 'openai/gpt-5', since: '2026-11-25T00:00:00+01:00' };
    expect(parseSearch(writeSearch(search))).toEqual(search);
  });

  it('leaves out what is absent or empty', () => {
    expect(writeSearch({ a: undefined, b: '', c: null })).toBe('');
  });

  it('gives a page the words that it knows and no others', () => {
    expect(params('status', 'open')({ status: '429', other: 'x', open: '' })).toEqual({ status: '429' });
  });
});
