import { describe, expect, it } from 'vitest';
import { entriesCsv, entryCount } from './csv';

const transaction = {
  id: 'credit/1',
  at: '2026-11-25T04:00:00Z',
  kind: 'credit' as const,
  actor: 'anna',
  reason: '=SUM(A1), "invoice 17"',
  entries: [
    { account: 'wallet/acme', amount: '25' },
    { account: 'world/topups', amount: '-25' },
  ],
};

describe('entries as CSV', () => {
  it('are a line each, quoted where it has to be, amounts untouched, and no formula', () => {
    const reason = `"'=SUM(A1), ""invoice 17"""`;
    expect(entriesCsv([transaction]).split('\r\n')).toEqual([
      'time,transaction,kind,actor,reason,account,amount_usd',
      `2026-11-25T04:00:00Z,credit/1,credit,anna,${reason},wallet/acme,25`,
      `2026-11-25T04:00:00Z,credit/1,credit,anna,${reason},world/topups,-25`,
      '',
    ]);
  });

  it('are those on the accounts that are named', () => {
    expect(entriesCsv([transaction], ['wallet/acme']).split('\r\n')).toHaveLength(3);
    expect(entryCount([transaction], ['wallet/acme'])).toBe(1);
    expect(entryCount([transaction])).toBe(2);
  });
});
