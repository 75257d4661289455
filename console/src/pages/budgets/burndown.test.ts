import { describe, expect, it } from 'vitest';
import { axisOf, courses } from './burndown';

const state = {
  name: 'research-month',
  scope: 'team research',
  limit: '100',
  window: 'day' as const,
  time_zone: 'UTC',
  starts: '2026-11-25T00:00:00Z',
  ends: '2026-11-26T00:00:00Z',
  leased: '0',
  available: '0',
};
const points = [
  { at: '2026-11-25T00:00:00Z', spent: '0' },
  { at: '2026-11-25T06:00:00Z', spent: '50' },
];

describe('the courses of a burn-down', () => {
  it('go from what was left to where the pace leads', () => {
    const { times, series } = courses({
      budget: { ...state, spent: '50', left: '50' },
      points,
      step_seconds: 3600,
    });
    const start = Date.parse(state.starts) / 1000;
    expect(times.map((time) => (time - start) / 3600)).toEqual([0, 6, 12, 24]);
    expect(series.map(({ label, values }) => [label, values])).toEqual([
      ['Left', [1000, 500, null, null]],
      ['Even pace', [1000, 750, 500, 0]],
      ['At this pace', [null, 500, 0, null]],
    ]);
    expect(series[0]?.text?.(1)).toBe('$50.00');
  });

  it('have no outlook where nothing is spent or nothing is left', () => {
    for (const spent of ['0', '100']) {
      const { series } = courses({ budget: { ...state, spent, left: '0' }, points, step_seconds: 3600 });
      expect(series.map(({ label }) => label)).toEqual(['Left', 'Even pace']);
    }
  });

  it('have an axis in dollars', () => {
    expect(axisOf('250')(500)).toBe('$125.00');
  });
});
