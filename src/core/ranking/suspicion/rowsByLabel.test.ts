import { describe, expect, it } from 'vitest';
import { rowsOfWeight } from '../../base/weights';
import { gatherByLabel, orderByLabel } from './rowsByLabel';

describe('rows by label', () => {
  it('stand together by label, in the order given, without those left out', () => {
    const labels = Int32Array.of(2, 0, 2, -1, 0, 2);
    const rows = rowsOfWeight(Float64Array.of(1, 1, 1, 0, 1, 0));
    const order = orderByLabel(rows, labels, 4);
    expect(Array.from(order.rows)).toEqual([1, 4, 0, 2]);
    expect(Array.from(order.starts)).toEqual([0, 2, 2, 4, 4]);
    const matrix = Float32Array.from({ length: 24 }, (_, at) => at);
    expect(Array.from(gatherByLabel(matrix, order))).toEqual([4, 5, 6, 7, 16, 17, 18, 19, 0, 1, 2, 3, 8, 9, 10, 11]);
  });
});
