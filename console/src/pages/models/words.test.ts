import { describe, expect, it } from 'vitest';
import { conditionInWords, phrasesOf, rulesOf } from './words';

const rule = (spec: Parameters<typeof rulesOf>[0], name: string) =>
  rulesOf(spec).find(([each]) => each === name)?.[1];

describe('a target in words', () => {
  it('says which requests it is for', () => {
    expect(phrasesOf({})).toEqual([]);
    expect(
      phrasesOf({
        when: { has: ['vision', 'tools'], has_none: ['audio'], max_prompt_tokens: 8000, tags: ['eu', 'uk'] },
        tags: ['us'],
        cannot: ['documents'],
        context_window: 272000,
        takes_over: ['timeout'],
      }),
    ).toEqual([
      'only for requests with pictures and tools',
      'not for requests with sound',
      'for prompts of up to 8,000 tokens',
      'only for requests tagged eu or uk',
      'tagged us',
      'cannot do documents',
      'takes 272,000 tokens at most',
      'only steps in after a timeout',
    ]);
    expect(phrasesOf({ when: { min_prompt_tokens: 1, max_prompt_tokens: 2 } })).toEqual([
      'for prompts of 1 to 2 tokens',
    ]);
  });

  it('tells how it is doing, and claims nothing that was not measured', () => {
    expect(conditionInWords(undefined)).toBe('not asked yet since this node began');
    const measured = { provider: 'a', model: 'b', streamed: 412_000, whole: 1_200_000, under_way: 3 };
    expect(conditionInWords(measured)).toBe(
      'streams begin after 412 ms · whole answers take 1.2 s · 3 calls under way',
    );
    expect(conditionInWords({ provider: 'a', model: 'b', under_way: 0 })).toBe('no answer measured of late');
  });
});

describe('the rules of a model in words', () => {
  it('are none where nothing is said', () => {
    expect(rulesOf({}).filter(([, said]) => said !== undefined)).toEqual([]);
  });

  it('tell of timeouts, caches and shadows', () => {
    expect(rule({ timeouts: { attempt_ms: 20000, total_ms: 60000 } }, 'Timeouts')).toBe(
      '20.0 s for each attempt, 1 min in all',
    );
    expect(rule({ cache: { ttl_s: 3600, scope: 'team', price_percent: 10 } }, 'Keeps answers')).toBe(
      'for 1 h, shared by calls of the same team; a hit costs 10 % of the first answer',
    );
    expect(rule({ shadow: { provider: 'mistral', model: 'large', percent: 10 } }, 'Shadow')).toBe(
      '10 % of requests copied to mistral/large, at your cost',
    );
    expect(rule({ fallback_on: [] }, 'Takes over after')).toBe('nothing');
    expect(rule({ hash_by: { header: 'x-session' } }, 'Same target for')).toBe(
      'calls with the same header x-session',
    );
  });

  it('fill in what an ejection leaves as it is', () => {
    expect(rule({ ejection: { consecutive_failures: 2 } }, 'Set back')).toBe(
      'after 2 failures in a row or 50 % of at least 10 calls within 30 s, for 30 s at first and 5 min at most',
    );
    expect(rule({ ejection: { consecutive_failures: 0, failure_percent: 0 } }, 'Set back')).toBe('never');
  });
});
