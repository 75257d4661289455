import { describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import { arrived, LONGEST_TAIL, NO_TAIL, released, restarted, sizeOf } from './tail';

function calls(...ids: string[]): Schemas['CallSummary'][] {
  return ids.map((id) => ({ id }) as Schemas['CallSummary']);
}

function many(count: number) {
  return calls(...Array.from({ length: count }, (_, index) => `call_${index}`));
}

function ids(batches: { calls: Schemas['CallSummary'][] }[]) {
  return batches.flatMap((batch) => batch.calls.map(({ id }) => id));
}

describe('the tail', () => {
  it('shows what arrives, the newest first, and counts what was not told', () => {
    const tail = arrived(arrived(NO_TAIL, calls('a'), 0, false), calls('c', 'b'), 3, false);
    expect(ids(tail.shown)).toEqual(['c', 'b', 'a']);
    expect(tail.missed).toBe(3);
  });

  it('holds calls back until they are released', () => {
    const held = arrived(arrived(NO_TAIL, calls('a'), 0, false), calls('b'), 0, true);
    expect([ids(held.shown), held.held]).toEqual([['a'], 1]);
    const free = released(held);
    expect([ids(free.shown), free.held]).toEqual([['b', 'a'], 0]);
  });

  it('keeps no more than it may, and still counts all that it holds back', () => {
    const long = arrived(arrived(NO_TAIL, many(150), 0, true), many(150), 0, true);
    expect(sizeOf(long.waiting)).toBe(LONGEST_TAIL);
    expect(long.held).toBe(300);
    expect(sizeOf(arrived(NO_TAIL, many(900), 0, false).shown)).toBe(LONGEST_TAIL);
  });

  it('forgets what a list that was loaded afresh has, and keeps what came after the question', () => {
    const before = arrived(NO_TAIL, calls('a'), 9, false);
    const meanwhile = arrived(arrived(before, calls('b'), 0, false), calls('c'), 0, true);
    const tail = restarted(meanwhile, before.nth);
    expect(ids(tail.shown)).toEqual(['b']);
    expect([tail.held, tail.missed]).toEqual([1, 0]);
  });
});
