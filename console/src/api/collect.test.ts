import { expect, it, vi } from 'vitest';
import { collect } from './queries';

function pages(...sizes: number[]) {
  let at = 0;
  return vi.fn((_: string | undefined) => {
    const items = Array.from({ length: sizes[at] ?? 0 }, () => at);
    at += 1;
    return Promise.resolve({ items, next: at < sizes.length ? `cursor ${at}` : undefined });
  });
}

it('follows the cursor to the end', async () => {
  const load = pages(3, 3, 1);
  const goOn = vi.fn(() => true);
  expect(await collect(load, 100, goOn)).toMatchObject({ cut: false, items: { length: 7 } });
  expect(load.mock.calls).toEqual([[undefined], ['cursor 1'], ['cursor 2']]);
  expect(goOn.mock.calls).toEqual([[3], [6], [7]]);
});

it('stops at the most that is asked for and says that there is more', async () => {
  const load = pages(3, 3, 3);
  expect(await collect(load, 6)).toMatchObject({ cut: true, items: { length: 6 } });
  expect(load).toHaveBeenCalledTimes(2);
});

it('stops when it is told to', async () => {
  expect(await collect(pages(3, 3, 3), 100, () => false)).toMatchObject({ cut: true, items: { length: 3 } });
});
