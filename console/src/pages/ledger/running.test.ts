import { describe, expect, it } from 'vitest';
import { parse } from '@/money';
import { amountOf, movements, ownAccounts } from './running';

function posted(id: string, amounts: [string, string][]) {
  const entries = amounts.map(([account, amount]) => ({ account, amount }));
  return {
    transaction: {
      id,
      actor: 'node a',
      at: '2026-11-25T04:00:00Z',
      kind: 'settlement' as const,
      reason: '',
      entries,
    },
  };
}

describe('movements of an account', () => {
  const newer = posted('b', [
    ['wallet/acme', '-0.000000001'],
    ['world/earned', '0.000000001'],
  ]);
  const older = posted('a', [
    ['world/topups', '-25'],
    ['wallet/acme', '20'],
    ['wallet/acme', '5'],
  ]);

  it('carry what was in the account after each of them, back from its balance', () => {
    const rows = movements('wallet/acme', [{ ...newer, balance: '24.999999999' }, older]);
    expect(rows.map(({ amount, after }) => [amount, after])).toEqual([
      [-1n, parse('24.999999999')],
      [parse('25'), parse('25')],
    ]);
  });

  it('say no balance where none is known', () => {
    expect(movements('wallet/acme', [newer, older]).map(({ after }) => after)).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe('a transaction in one line', () => {
  const { transaction } = posted('c', [
    ['budget/day@0', '-0.5'],
    ['world/spent', '0.5'],
    ['wallet/acme', '-0.5'],
    ['world/earned', '0.5'],
    ['world/consumed', '-0.75'],
    ['usage/acme', '0.5'],
    ['usage/research', '0.25'],
  ]);

  it('amounts to what its calls cost', () => {
    expect(amountOf(transaction)).toBe(parse('0.75'));
  });

  it('amounts to what the calls of one team cost where its accounts are named', () => {
    const of = ['wallet/research', 'usage/research'];
    expect(amountOf(transaction, of)).toBe(parse('0.25'));
    expect(ownAccounts(transaction, of)).toEqual(['usage/research']);
  });

  it('amounts to what was credited where it is no settlement', () => {
    const credit = posted('d', [
      ['wallet/acme', '-25'],
      ['world/topups', '25'],
    ]);
    expect(amountOf(credit.transaction)).toBe(parse('-25'));
  });

  it('names wallets, budgets and teams, and not the other sides', () => {
    expect(ownAccounts(transaction)).toEqual(['wallet/acme', 'budget/day@0', 'usage/acme', 'usage/research']);
  });
});
