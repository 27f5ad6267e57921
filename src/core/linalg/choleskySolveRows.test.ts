import { describe, expect, it } from 'vitest';
import { createRandom, drawNormals } from '../base/random';
import { choleskySolveRows } from './choleskySolveRows';
import { addProductTransposed, transposed } from './denseKernels';
import { createFloat64LinearAlgebra } from './float64LinearAlgebra';

describe('right-hand sides that are rows', () => {
  const linalg = createFloat64LinearAlgebra();
  const p = 37;
  const root = drawNormals(createRandom(1), p * p);
  const data = new Float64Array(p * p);
  addProductTransposed(1, p, p, p, root, 0, p, root, 0, p, data, 0, p);
  for (let at = 0; at < p; at++) data[at * p + at] += p;
  const factor = linalg.cholesky({ rows: p, columns: p, data: data.slice() });

  it.each([0, 1, 2, 40])('are solved for: %i of them', (m) => {
    const b = { rows: m, columns: p, data: drawNormals(createRandom(m), m * p) };
    const x = choleskySolveRows(factor, b, linalg);
    expect([x.rows, x.columns]).toEqual([m, p]);
    const back = new Float64Array(m * p);
    addProductTransposed(1, m, p, p, x.data, 0, p, data, 0, p, back, 0, p);
    back.forEach((value, at) => expect(value).toBeCloseTo(b.data[at], 11));
  });

  it.each([
    [1, 50],
    [50, 1],
    [33, 17],
    [0, 4],
  ])('are transposed: %i×%i', (rows, columns) => {
    const a = { rows, columns, data: drawNormals(createRandom(rows), rows * columns) };
    const turned = transposed(a);
    expect([turned.rows, turned.columns]).toEqual([columns, rows]);
    turned.data.forEach((value, at) => expect(value).toBe(a.data[(at % rows) * columns + Math.floor(at / rows)]));
    expect(transposed(turned)).toEqual(a);
  });
});
