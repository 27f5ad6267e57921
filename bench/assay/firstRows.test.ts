import { expect, it } from 'vitest';
import { createFloat32Rows } from '../../src/core/base/featureRows';
import { firstRows } from './firstRows';

it('shows the first rows and nothing beyond', () => {
  const all = createFloat32Rows(Float32Array.of(1, 2, 3, 4, 5, 6), 3, 2);
  const two = firstRows(all, 2);
  expect([two.rows, two.columns, two.element]).toEqual([2, 2, 'float32']);
  const out = new Float64Array(2);
  two.read(1, 1, out);
  expect(Array.from(out)).toEqual([3, 4]);
  expect(() => two.read(1, 2, new Float64Array(4))).toThrow(/of 2/);
  expect(firstRows(all, 3)).toBe(all);
  expect(() => firstRows(all, 4)).toThrow(/3 rows, not 4/);
});
