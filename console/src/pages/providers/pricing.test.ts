import { describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import { blocked } from './form';
import { priced, priceOf, pricingOf, rateOf, withFlat, withoutFlat } from './pricing';

describe('pricing', () => {
  it('is set without touching the prices of single models', () => {
    const rest = { prices: { big: { input: '5' } } };
    const flat = priced(rest, 'flat', { input: '0.10', output: '0.20' });
    expect(flat.prices).toEqual({ '*': { input: '0.10', output: '0.20' }, big: { input: '5' } });
    expect([pricingOf(flat), rateOf(flat, 'output')]).toEqual(['flat', '0.20']);
    expect(priced(flat, 'free', { input: '', output: '' })).toEqual({ ...rest, unpriced: 'free' });
    expect(priced({ unpriced: 'free' }, 'refuse', { input: '', output: '' })).toEqual({});
  });

  it('has to be said in full', () => {
    const start = { name: 'house', credentials: [], rest: {} };
    const fields = { ...start, rest: priced({}, 'flat', { input: '1', output: '' }) };
    expect(blocked(fields, false)).toBe('Say what a million tokens cost.');
    const whole = { ...fields, rest: priced({}, 'flat', { input: '1', output: '0.5' }) };
    expect(blocked(whole, false)).toBeUndefined();
  });

  it('goes before the catalogue, but for the price of every model', () => {
    const listed: Schemas['Price'] = { source: 'list', rates: { input: '3' } };
    const spec = { prices: { big: { input: '5' }, '*': { input: '1' } } };
    expect(priceOf(spec, 'big', listed)?.rates).toEqual({ input: '5' });
    expect(priceOf(spec, 'small', listed)).toBe(listed);
    expect(priceOf(spec, 'small', undefined)?.rates).toEqual({ input: '1' });
    expect(priceOf({ unpriced: 'free' }, 'small', null)?.rates).toEqual({ input: '0', output: '0' });
    expect(priceOf({}, 'small', undefined)).toBeUndefined();
  });

  it('of every model stands apart from those of single ones', () => {
    const before = { prices: { '*': { input: '1' }, big: { input: '5' } } };
    expect(withoutFlat(before)).toEqual({ prices: { big: { input: '5' } } });
    expect(withoutFlat({ prices: { '*': { input: '1' } } })).toEqual({});
    expect(withFlat({ headers: {} }, before)).toEqual({ headers: {}, prices: { '*': { input: '1' } } });
    expect(withFlat({ prices: { big: { input: '6' } } }, before).prices).toEqual({
      '*': { input: '1' },
      big: { input: '6' },
    });
  });
});
