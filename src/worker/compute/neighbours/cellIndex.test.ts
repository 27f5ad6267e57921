import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/base/random';
import { DuplicateFinder } from '../../../core/ranking/neighbours/duplicateRows';
import type { AssignRows } from './cellIndex';
import { buildCells, permuteRows, usualCellCount } from './cellIndex';
import { roles } from './rowRoles';

const assign: AssignRows = (rows, count, centres, width) =>
  Int32Array.from({ length: count }, (_, i) => {
    let [best, nearest] = [0, Infinity];
    for (let c = 0; c < centres.length / width; c++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += (rows[i * (width + 1) + j] - centres[c * width + j]) ** 2;
      if (sum < nearest) [best, nearest] = [c, sum];
    }
    return best;
  });

describe('buildCells', () => {
  it('sorts rows by cell, references first, and keeps near rows together', () => {
    const random = createRandom(5);
    const [n, width] = [5200, 2];
    const data = Float32Array.from({ length: n * 3 }, (_, at) => (at % 3 === 2 ? 0 : random.normal()));
    const rowOf = Int32Array.from({ length: n }, (_, i) => 10 * i);
    // What a row has as its third number tells it again afterwards.
    rowOf.forEach((row, i) => (data[i * 3 + 2] = row));
    const before = data.slice();
    const role = Uint8Array.from({ length: n }, (_, i) =>
      i % 13 === 0 ? roles.none : i % 7 === 0 ? roles.query : roles.reference,
    );
    const projected = { rowOf, data, width, duplicates: new DuplicateFinder(1).finish() };
    const index = buildCells(
      projected,
      role,
      assign,
      random,
      () => undefined,
      () => 96,
    );
    expect(index.cells).toBe(96);
    const seen = new Set<number>();
    rowOf.forEach((row, position) => {
      const i = row / 10;
      seen.add(i);
      expect([...data.subarray(position * 3, position * 3 + 3)]).toEqual([...before.subarray(i * 3, i * 3 + 3)]);
      if (role[i] === roles.none) expect(position).toBeGreaterThanOrEqual(index.starts[index.cells]);
    });
    expect(seen.size).toBe(n);
    let spread = 0;
    for (let c = 0; c < index.cells; c++) {
      for (let position = index.starts[c]; position < index.starts[c + 1]; position++) {
        const isReference = position < index.referenceEnds[c];
        expect(role[rowOf[position] / 10]).toBe(isReference ? roles.reference : roles.query);
      }
      const [first, last] = [index.starts[c], index.starts[c + 1] - 1];
      if (last > first)
        spread += Math.hypot(data[first * 3] - data[last * 3], data[first * 3 + 1] - data[last * 3 + 1]);
    }
    // Rows of one cell lie together: two random rows are 1.8 apart.
    expect(spread / index.cells).toBeLessThan(0.6);
  });

  it('makes one cell of few references', () => {
    const data = new Float32Array(30);
    const projected = {
      rowOf: Int32Array.from({ length: 10 }, (_, i) => i),
      data,
      width: 2,
      duplicates: new DuplicateFinder(1).finish(),
    };
    const index = buildCells(
      projected,
      new Uint8Array(10).fill(roles.reference),
      assign,
      createRandom(1),
      () => undefined,
    );
    expect(index).toMatchObject({ cells: 1, starts: Int32Array.of(0, 10), referenceEnds: Int32Array.of(10) });
  });
});

describe('usualCellCount', () => {
  it('is one for few references and bounded for many', () => {
    expect([1, 24_575, 24_576, 1e6, 1e8].map(usualCellCount)).toEqual([1, 1, 235, 1500, 4096]);
  });
});

describe('permuteRows', () => {
  it('moves every row to its place', () => {
    const target = Int32Array.from({ length: 50 }, (_, i) => i);
    createRandom(3).shuffle(target);
    const wanted = target.slice();
    const data = Float32Array.from({ length: 100 }, (_, at) => at);
    const rowOf = Int32Array.from({ length: 50 }, (_, i) => 100 + i);
    permuteRows(data, 2, rowOf, target, () => undefined);
    wanted.forEach((to, from) => {
      expect([rowOf[to], data[2 * to], data[2 * to + 1]]).toEqual([100 + from, 2 * from, 2 * from + 1]);
    });
  });
});
