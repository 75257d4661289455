import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { paced } from './paced';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('does the work at once, and only once more for all that was asked meanwhile', async () => {
  const work = vi.fn(() => Promise.resolve());
  const { ask } = paced(work, 2_000);
  ask();
  expect(work).toHaveBeenCalledTimes(1);
  for (let i = 0; i < 50; i += 1) ask();
  await vi.advanceTimersByTimeAsync(1_999);
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(work).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(work).toHaveBeenCalledTimes(2);
  ask();
  expect(work).toHaveBeenCalledTimes(3);
});

it('waits for work that takes longer than the pace, and goes on after work that failed', async () => {
  let finish = () => {};
  const work = vi.fn(
    () =>
      new Promise<void>((_, fail) => {
        finish = () => fail(new Error('no answer'));
      }),
  );
  const { ask } = paced(work, 2_000);
  ask();
  ask();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(work).toHaveBeenCalledTimes(1);
  finish();
  await vi.advanceTimersByTimeAsync(0);
  expect(work).toHaveBeenCalledTimes(2);
});

it('does nothing more once it is stopped', async () => {
  const work = vi.fn(() => Promise.resolve());
  const { ask, stop } = paced(work, 2_000);
  ask();
  ask();
  stop();
  await vi.advanceTimersByTimeAsync(10_000);
  ask();
  expect(work).toHaveBeenCalledTimes(1);
});
