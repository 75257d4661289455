import { expect, it } from 'vitest';
import { inOrder, isSame, toYaml } from './yaml';

it('writes objects, lists and scalars as one would by hand', () => {
  const model = {
    strategy: 'priority',
    targets: [
      { provider: 'openai', model: 'gpt-5', weight: 3 },
      { provider: 'anthropic', model: 'claude-sonnet-4-5' },
    ],
    base_url: 'https://api.openai.com/v1',
    fallback: false,
    none: null,
    left_out: undefined,
    empty: {},
    nobody: [],
    nested: [['a', 'b'], []],
  };
  expect(toYaml(model).join('\n')).toBe(
    [
      'strategy: priority',
      'targets:',
      '  - provider: openai',
      '    model: gpt-5',
      '    weight: 3',
      '  - provider: anthropic',
      '    model: claude-sonnet-4-5',
      'base_url: https://api.openai.com/v1',
      'fallback: false',
      'none: null',
      'empty: {}',
      'nobody: []',
      'nested:',
      '  - - a',
      '    - b',
      '  - []',
    ].join('\n'),
  );
  expect(toYaml({})).toEqual(['{}']);
  expect(toYaml('text')).toEqual(['text']);
});

it('quotes what YAML would take for something other than this text', () => {
  const texts = [
    '250.00',
    'yes',
    'Null',
    '',
    ' a',
    'a ',
    'a: b',
    'a:',
    '- a',
    '# a',
    'a #b',
    '{x}',
    '*',
    '2026-11-25',
  ];
  for (const value of [...texts, '1e3', '~', '.inf', 'line\nline', '"', "it's", 'ä', '0x1f', '=']) {
    expect(toYaml(value)).toEqual([JSON.stringify(value)]);
  }
  for (const value of ['smart', 'gpt-5', 'sandbox/echo', 'Web shop', 'a.b_c@d', 'x:y', '/v1']) {
    expect(toYaml(value)).toEqual([value]);
  }
  expect(toYaml({ '5': 1, on: 2, 'a: b': 3 })).toEqual(['"5": 1', '"on": 2', '"a: b": 3']);
});

it('brings members into one order, and knows what is the same but for that', () => {
  const one = { b: [{ d: 1, c: 2 }], a: null };
  expect(JSON.stringify(inOrder(one))).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
  expect(isSame(one, { a: null, b: [{ c: 2, d: 1 }] })).toBe(true);
  expect(isSame(one, { a: null, b: [{ c: 2, d: 2 }] })).toBe(false);
  expect(isSame([1, 2], [2, 1])).toBe(false);
  expect(isSame(undefined, {})).toBe(false);
});
