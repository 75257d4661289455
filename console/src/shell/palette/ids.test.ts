import { expect, it } from 'vitest';
import { isKeyOf, maybeName, readIds } from './ids';

const CALL = 'call_01m890sj57ehhv99pkkyye80r4';

it('knows an id by its form', () => {
  expect(readIds(CALL)).toMatchObject({ call: CALL, transaction: undefined });
  expect(readIds('credit/0af3')).toMatchObject({ transaction: 'credit/0af3', account: undefined });
  expect(readIds('budget/research@1793491200')).toMatchObject({ account: 'budget/research@1793491200' });
  expect(readIds('tg_mA8K1eBi')).toMatchObject({ key: 'tg_mA8K1eBi' });
});

it('finds the call of a settlement beside the settlement', () => {
  const id = `settle/node-b0fef6b88ab357af/${CALL}`;
  expect(readIds(id)).toMatchObject({ transaction: id, call: CALL });
});

it('takes words for no ids', () => {
  for (const word of ['web-shop', 'call', 'tg', 'sandbox/echo', 'wallet', 'credit', '']) {
    expect(Object.values(readIds(word)).filter(Boolean)).toEqual([]);
  }
});

it('asks for names only, and never for what may be a secret', () => {
  for (const name of ['we', 'web-shop', 'sandbox/echo', 'task-force']) expect(maybeName(name)).toBe(true);
  for (const secret of ['tg_mA8K1eBi', 'Bearer tg_mA8K1eBi', 'tgs_JTzTX', 'sk-0123', 'key=sk-0123']) {
    expect(maybeName(secret)).toBe(false);
  }
  for (const other of ['w', '', CALL, 'a'.repeat(129)]) expect(maybeName(other)).toBe(false);
});

it('finds a key by its beginning and by the whole of it', () => {
  expect(isKeyOf('tg_mA8', 'tg_mA8K1eBi')).toBe(true);
  expect(isKeyOf('tg_mA8K1eBi0123456789', 'tg_mA8K1eBi')).toBe(true);
  expect(isKeyOf('tg_mB8', 'tg_mA8K1eBi')).toBe(false);
});
