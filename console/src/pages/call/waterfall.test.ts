import { describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import { ticksTo, waterfallOf } from './waterfall';

const record: Schemas['Call'] = {
  id: 'call_1',
  at: 0,
  model: 'smart',
  status: 200,
  ending: 'completed',
  usage: {},
  cost: '0.01',
  duration: 1_000,
  request_bytes: 1,
  response_bytes: 1,
  revision: 7,
  dialect: 'openai-chat',
  path: '/v1/chat/completions',
  stream: false,
  usage_quality: 'exact',
  timings: [10, 600, 1_000],
  first_byte: 590,
  attempts: [
    { provider: 'spare', model: 'large', began: 20, took: 300, failure: 'unreachable' },
    { provider: 'sandbox', model: 'echo', began: 330, took: 260, status: 200 },
  ],
};

function step(stage: Schemas['Stage'], ended: number | undefined, ...says: string[]): Schemas['Step'] {
  return { stage, verdict: 'passed', ended, says };
}

function story(...steps: Schemas['Step'][]): Schemas['Story'] {
  return { call: 'call_1', at: '', headline: '', steps };
}

describe('the waterfall of a call', () => {
  it('lets each stage begin where the one before it ended', () => {
    const { stages, end, firstByte } = waterfallOf({
      record,
      story: story(
        step('accept', 10),
        step('dispatch', 600),
        step('relay', 1_000),
        step('settle', undefined),
      ),
    });
    expect(stages.map(({ from, until }) => [from, until])).toEqual([
      [0, 10],
      [10, 600],
      [600, 1_000],
      [1_000, 1_000],
    ]);
    expect([end, firstByte]).toEqual([1_000, 590]);
  });

  it('shows attempts within their stage instead of the sentences about them', () => {
    const { stages } = waterfallOf({
      record,
      story: story(
        step('accept', 10, 'a'),
        step('dispatch', 600, 'first', 'second', '503 upstream_error: …'),
      ),
    });
    expect(stages[0]).toMatchObject({ attempts: [], says: ['a'] });
    expect(stages[1]?.says).toEqual(['503 upstream_error: …']);
    expect(stages[1]?.attempts).toMatchObject([
      { from: 20, until: 320 },
      { from: 330, until: 590 },
    ]);
  });

  it('says of a refusal its title only, since all of it stands above', () => {
    const refusal = {
      reason: 'budget_exceeded',
      status: 429,
      title: 'The budget is spent',
    } as Schemas['RefusalStory'];
    const admit = step(
      'admit',
      10,
      'set aside $1',
      '429 budget_exceeded: This call may cost…',
      'by Budget bot-day',
    );
    const { stages } = waterfallOf({ record, story: { ...story(admit), refusal } });
    expect(stages[0]?.says).toEqual(['set aside $1', 'refused: The budget is spent']);
  });

  it('lets the stage that refused reach to the end', () => {
    const refused = {
      ...record,
      ending: 'refused' as const,
      timings: [10],
      duration: 80,
      attempts: [],
      first_byte: 0,
    };
    const { stages, firstByte } = waterfallOf({
      record: refused,
      story: story(step('accept', 10), step('admit', undefined)),
    });
    expect(stages[1]).toMatchObject({ from: 10, until: 80 });
    expect(firstByte).toBeUndefined();
  });

  it('draws no times for a call of which none were noted', () => {
    const lost = {
      ...record,
      ending: 'unresolved' as const,
      timings: [],
      duration: 0,
      attempts: [],
      first_byte: 0,
    };
    const { stages, end, ticks } = waterfallOf({ record: lost, story: story(step('accept', undefined)) });
    expect(stages[0]?.until).toBeUndefined();
    expect([end, ticks]).toEqual([0, []]);
  });

  it('marks the axis with round numbers', () => {
    expect(ticksTo(1_000)).toEqual([0, 500, 1_000]);
    expect(ticksTo(1_204_000)).toEqual([0, 500_000, 1_000_000]);
    expect(ticksTo(830)).toEqual([0, 500]);
    expect(ticksTo(800)).toEqual([0, 200, 400, 600, 800]);
  });
});
