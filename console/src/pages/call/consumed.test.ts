import { describe, expect, it } from 'vitest';
import { consumedInWords } from './consumed';

describe('what a call consumed', () => {
  it('is told by class, tasks included', () => {
    expect(consumedInWords({ input: 1204, images: 3, output: 0 })).toBe('1,204 input tokens, 3 pictures');
    expect(consumedInWords({ audio_seconds: 12 })).toBe('12 seconds of audio');
    expect(consumedInWords({})).toBeUndefined();
  });
});
