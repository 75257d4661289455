import { describe, expect, it } from 'vitest';
import { merged } from './merged';

function transaction(id: string, at: string) {
  return { id, at, kind: 'credit' as const, actor: 'anna', reason: '', entries: [] };
}

const [oldest, old, middle, late, latest] = [
  transaction('a', '2026-11-25T03:59:59.9Z'),
  transaction('b', '2026-11-25T04:00:00Z'),
  transaction('c', '2026-11-25T04:00:00.1Z'),
  transaction('d', '2026-11-25T04:00:00.12Z'),
  transaction('e', '2026-11-25T04:00:00.12Z'),
] as const;

const ids = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id);

describe('pages of several lists', () => {
  it('are one list, newest first, with each transaction once', () => {
    const page = merged([{ items: [latest, middle, oldest] }, { items: [late, middle, old] }]);
    expect(ids(page)).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(page.next).toBeUndefined();
  });

  it('end where the first of them ends, for what comes after may be missing', () => {
    const page = merged([
      { items: [latest, middle], next: 'after c' },
      { items: [late, old], next: 'after b' },
    ]);
    expect(ids(page)).toEqual(['e', 'd', 'c']);
    expect(page.next).toBe('after c');
  });

  it('go on as long as one of them does', () => {
    const page = merged([{ items: [] }, { items: [latest, old], next: 'after b' }]);
    expect(ids(page)).toEqual(['e', 'b']);
    expect(page.next).toBe('after b');
  });
});
