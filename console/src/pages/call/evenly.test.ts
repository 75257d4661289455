import { expect, it } from 'vitest';
import { evenly } from './evenly';

it('writes the points of amounts below each other', () => {
  expect(evenly(['0.000528', '0.001', '12'])).toEqual(['$0.000528', '$0.001000', '$12.000000']);
  expect(evenly(['0.0000000000015', '1250'])).toEqual(['$0.0000000000015', '$1,250.0000000000000']);
});
