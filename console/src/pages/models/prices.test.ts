import { describe, expect, it } from 'vitest';
import { linesOf, type Price, priceInWords, shortPrice, spanOf, targetsInWords } from './prices';

const flat = (input: string, output: string): Price => ({ source: 'list', rates: { input, output } });

describe('prices', () => {
  it('list what is paid for, tier by tier', () => {
    const tiered: Price = {
      source: 'list',
      rates: { requests: '10000.00', output: '10', input: '1.25' },
      tiers: [{ above: 200_000, rates: { input: '2.50' } }],
    };
    expect(linesOf(tiered)).toEqual([
      { key: 'input', label: 'Prompt tokens', rates: ['1.25', '2.50'] },
      { key: 'output', label: 'Answer tokens', rates: ['10', undefined] },
      { key: 'requests', label: 'Calls', rates: ['10000.00', undefined] },
    ]);
  });

  it('are said by what they are the price of', () => {
    expect(priceInWords([flat('1', '2')])).toBe('$1.00 in, $2.00 out per million tokens');
    const spoken: Price = { source: 'list', rates: { characters: '15' } };
    expect(priceInWords([spoken])).toBe('$15.00 per million characters to be spoken');
    expect(priceInWords([undefined])).toBeUndefined();
  });

  it('span what the targets cost, by value', () => {
    expect(spanOf([flat('9', '1'), flat('10.00', '1'), undefined], 'input')).toBe('$9.00 – $10.00');
    expect(spanOf([flat('9', '1.0'), flat('10', '1')], 'output')).toBe('$1.00');
    expect(spanOf([undefined], 'input')).toBeUndefined();
  });

  it('fit one line', () => {
    expect(shortPrice([flat('2.5', '10')])).toBe('$2.50 in, $10.00 out');
    expect(shortPrice([null])).toBeUndefined();
  });
});

describe('targets in words', () => {
  const targets = [
    { provider: 'openai', model: 'gpt-5', weight: 9 },
    { provider: 'sandbox', model: 'echo', weight: 1 },
  ];

  it('tell the order of a priority', () => {
    expect(targetsInWords({ name: 'smart', strategy: 'priority', targets })).toBe(
      'openai/gpt-5, then sandbox/echo',
    );
  });

  it('tell that it depends on the call', () => {
    expect(targetsInWords({ name: 'smart', strategy: 'least-cost', targets })).toBe(
      'openai/gpt-5 or sandbox/echo',
    );
  });

  it('tell the shares of weights', () => {
    expect(targetsInWords({ name: 'smart', strategy: 'weighted', targets })).toBe(
      '90 % openai/gpt-5, 10 % sandbox/echo',
    );
  });
});
