import { describe, expect, it } from 'vitest';
import type { Turn } from './conversation';
import { type Parameters, readParameters, requestOf, writeParameters } from './request';

const turns: Turn[] = [
  { id: 1, role: 'user', text: 'Hello' },
  { id: 2, role: 'assistant', text: '' },
];
const usual = readParameters({});
const request = (parameters: Partial<Parameters>, system = '') =>
  requestOf({ model: 'smart', system, turns, parameters: { ...usual, ...parameters } });

describe('request', () => {
  it('sends nothing that was not set', () => {
    expect(request({ stream: false })).toEqual({
      model: 'smart',
      messages: [{ role: 'user', content: 'Hello' }],
    });
  });

  it('sends what was set', () => {
    const set = { temperature: '0', top_p: '0.9', max_tokens: '64', stop: ['END', '\\n'] };
    expect(request(set, 'Be brief.')).toEqual({
      model: 'smart',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      temperature: 0,
      top_p: 0.9,
      max_tokens: 64,
      stop: ['END', '\n'],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('does not send what is half typed', () => {
    expect(request({ temperature: '-', stream: false })).not.toHaveProperty('temperature');
  });

  it('keeps its parameters in the address', () => {
    const parameters = { temperature: '0.2', top_p: '', max_tokens: '8', stop: ['a', 'b'], stream: false };
    const address = writeParameters(parameters);
    expect(address).toEqual({ temperature: '0.2', max_tokens: '8', stop: 'a\nb', stream: 'off' });
    expect(readParameters(address)).toEqual(parameters);
    expect(Object.values(writeParameters(usual)).every((value) => value === undefined)).toBe(true);
  });
});
