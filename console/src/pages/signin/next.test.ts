import { expect, it } from 'vitest';
import { safeNext } from './next';

it('goes where one wanted to go within the console', () => {
  for (const path of ['/', '/calls', '/calls?model=smart&team=a', '/calls/call_1?tab=raw#x', '/a//b']) {
    expect(safeNext(path)).toBe(path);
  }
});

it('goes to the overview instead of anywhere else', () => {
  const elsewhere = [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '\\\\evil',
    'calls',
  ];
  for (const path of [
    undefined,
    '',
    ...elsewhere,
    '/\t/evil.example',
    '/../signin',
    '/signin?next=/signin',
  ]) {
    expect(safeNext(path)).toBe('/');
  }
});
