import { describe, expect, it } from 'vitest';
import { randomId } from './queries';

describe('the key of a credit', () => {
  it('is a random UUID, another each time', () => {
    expect(randomId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(randomId()).not.toBe(randomId());
  });
});
