import { describe, expect, it } from 'vitest';
import { accountName, budgetAccount, firstCallOf } from './accounts';

describe('the id of an account', () => {
  it('says what kind of account it is, and whose', () => {
    expect(accountName('wallet/acme')).toEqual({ kind: 'wallet', name: 'acme' });
    expect(accountName('world/topups')).toEqual({ kind: 'world', name: 'topups' });
    expect(accountName('till')).toEqual({ kind: 'other', name: 'till' });
  });

  it('says when the window of a budget opened, also where the name has an @ of its own', () => {
    const id = budgetAccount('bot@home', '2026-11-01T00:00:00Z');
    expect(id).toBe('budget/bot@home@1793491200');
    expect(accountName(id)).toEqual({ kind: 'budget', name: 'bot@home', opens: '2026-11-01T00:00:00.000Z' });
  });
});

describe('the id of a settlement', () => {
  it('names the first call that it settles', () => {
    expect(firstCallOf('settle/node-a/call_01kaw3x5c1e3fv0b2n8m6q4r7s')).toBe(
      'call_01kaw3x5c1e3fv0b2n8m6q4r7s',
    );
    expect(firstCallOf('credit/0190')).toBeUndefined();
  });
});
