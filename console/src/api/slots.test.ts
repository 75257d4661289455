import { expect, it } from 'vitest';
import type { Schemas } from './client';
import { courseOf } from './slots';

const sums = { calls: 3, errors: 0, refused: 1, prompt_tokens: 10, output_tokens: 5, cost: '0.01' };

function report(
  slot: Schemas['Slot'],
  since: string,
  until: string,
  ...at: string[]
): Schemas['UsageReport'] {
  return { slot, since, until, total: sums, points: at.map((moment) => ({ at: moment, ...sums })) };
}

it('fills the slots in which no call ended', () => {
  const found = report('minute', '2026-11-25T10:00:00Z', '2026-11-25T10:03:20Z', '2026-11-25T10:02:00Z');
  const { times, points, step } = courseOf(found);
  expect(step).toBe(60);
  expect(times.map((at) => new Date(at * 1000).toISOString().slice(11, 16))).toEqual([
    '10:00',
    '10:01',
    '10:02',
    '10:03',
  ]);
  expect(points.map((point) => point?.calls)).toEqual([undefined, undefined, 3, undefined]);
});

it('counts days by UTC and leaves out the one that begins when the time ends', () => {
  const { times } = courseOf(report('day', '2026-11-23T00:00:00Z', '2026-11-25T00:00:00Z'));
  expect(times).toHaveLength(2);
});

it('shows the latest slots where there are more than can be drawn', () => {
  const { times } = courseOf(report('minute', '2026-01-01T00:00:00Z', '2026-11-25T00:00:00Z'));
  expect(times).toHaveLength(3_000);
  expect(times.at(-1)).toBe(Date.parse('2026-11-24T23:59:00Z') / 1000);
});
