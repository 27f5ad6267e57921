import { expect, it } from 'vitest';
import { rowCosines } from './encode';

it('vectors are compared row by row, whatever their length', () => {
  const [same, none, half] = rowCosines([3, 4, 1, 0, 1, 0], [6, 8, 0, 5, 1, Math.sqrt(3)], 2);
  expect(same).toBeCloseTo(1, 12);
  expect(none).toBeCloseTo(0, 12);
  expect(half).toBeCloseTo(0.5, 12);
});
