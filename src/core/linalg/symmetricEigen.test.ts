import { describe, expect, it } from 'vitest';
import { CancelledError, NumericalError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import { createRandom } from '../base/random';
import { symmetricEigen } from './symmetricEigen';

function randomSymmetric(m: number, seed: number): Matrix {
  const random = createRandom(seed);
  const data = new Float64Array(m * m);
  for (let i = 0; i < m; i++) for (let j = 0; j <= i; j++) data[i * m + j] = data[j * m + i] = random.normal();
  return { rows: m, columns: m, data };
}

/** Largest |A·q − λq| and |qᵀq' − δ|. */
function errorsOf(a: Matrix): { residual: number; orthogonality: number } {
  const { values, vectors } = symmetricEigen(a);
  const m = a.rows;
  let residual = 0;
  let orthogonality = 0;
  for (let k = 0; k < m; k++) {
    for (let i = 0; i < m; i++) {
      let sum = -values[k] * vectors.data[k * m + i];
      let inner = i === k ? -1 : 0;
      for (let j = 0; j < m; j++) {
        sum += a.data[i * m + j] * vectors.data[k * m + j];
        inner += vectors.data[i * m + j] * vectors.data[k * m + j];
      }
      residual = Math.max(residual, Math.abs(sum));
      orthogonality = Math.max(orthogonality, Math.abs(inner));
    }
    if (k > 0) expect(values[k]).toBeGreaterThanOrEqual(values[k - 1]);
  }
  return { residual, orthogonality };
}

describe('symmetricEigen', () => {
  it.each([1, 2, 3, 17, 90])('decomposes a random matrix of order %i', (m) => {
    const { residual, orthogonality } = errorsOf(randomSymmetric(m, m));
    expect(residual).toBeLessThan(1e-13 * m);
    expect(orthogonality).toBeLessThan(1e-13 * m);
  });

  it('knows the second-difference matrix', () => {
    const m = 40;
    const data = new Float64Array(m * m);
    for (let i = 0; i < m; i++) {
      data[i * m + i] = 2;
      if (i > 0) data[i * m + i - 1] = data[(i - 1) * m + i] = -1;
    }
    const { values } = symmetricEigen({ rows: m, columns: m, data });
    values.forEach((value, k) => expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (m + 1)), 13));
  });

  it('takes zeros, repeated eigenvalues and sizes far apart', () => {
    const m = 12;
    expect(errorsOf({ rows: m, columns: m, data: new Float64Array(m * m) }).residual).toBe(0);
    expect(errorsOf({ rows: m, columns: m, data: new Float64Array(m * m).fill(1) }).residual).toBeLessThan(1e-13);
    const graded = randomSymmetric(m, 3);
    for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) graded.data[i * m + j] *= 10 ** -(i + j);
    expect(errorsOf(graded).residual).toBeLessThan(1e-14);
    expect(symmetricEigen({ rows: 0, columns: 0, data: new Float64Array(0) }).values).toHaveLength(0);
  });

  it('refuses what is not finite, and can be cancelled', () => {
    const a = randomSymmetric(5, 1);
    a.data[6] = Number.NaN;
    expect(() => symmetricEigen(a)).toThrow(NumericalError);
    expect(() =>
      symmetricEigen(randomSymmetric(200, 1), () => {
        throw new CancelledError();
      }),
    ).toThrow(CancelledError);
  });
});
