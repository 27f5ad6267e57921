import { BugError, NumericalError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import type { LinearAlgebra, OnBlock, SymmetricEigen } from './linearAlgebra';
import { WorkTicker } from './workTicker';

/** Implicit QL steps after which an eigenvalue is given up; it usually takes two. */
const largestStepCount = 60;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix, by the backend's own way where it has one. O(9m³)
 * multiply-adds.
 */
export function symmetricEigenOf(linalg: LinearAlgebra, a: Matrix, onBlock?: OnBlock): SymmetricEigen {
  return linalg.symmetricEigen === undefined ? symmetricEigen(a, onBlock) : linalg.symmetricEigen(a, onBlock);
}

/**
 * The eigen-decomposition of a symmetric matrix (the lower triangle is read): Householder reduction to a tridiagonal
 * matrix, then implicit QL. Absolute error of an eigenvalue about machine precision times the largest. O(4m³)
 * multiply-adds. Source: Bowdler, Martin, Reinsch & Wilkinson, "The QR and QL algorithms for symmetric matrices", 1968
 * (EISPACK tred2, tql2), with vectors kept as rows, so that every inner loop runs along memory.
 * @throws NumericalError when the matrix holds something other than finite numbers.
 */
export function symmetricEigen(a: Matrix, onBlock?: OnBlock): SymmetricEigen {
  const { rows: m, columns } = a;
  if (m !== columns) throw new BugError(`Eigenvalues of a ${m}×${columns} matrix.`);
  const z = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      const value = a.data[i * m + j];
      if (!Number.isFinite(value)) {
        throw new NumericalError('A matrix whose eigenvalues are needed holds something other than finite numbers.');
      }
      z[i * m + j] = value;
      z[j * m + i] = value;
    }
  }
  const diagonal = new Float64Array(m);
  const off = new Float64Array(m);
  if (m > 0) {
    const ticker = new WorkTicker(4 * m ** 3 + 1, m, onBlock);
    reduceToTridiagonal(z, diagonal, off, m, ticker);
    diagonalise(z, diagonal, off, m, ticker);
    ticker.finish();
  }
  return sorted(diagonal, z, m);
}

/** Row j of `z` is column j of the matrix on entry, and of the orthogonal transformation on return. */
function reduceToTridiagonal(z: Float64Array, d: Float64Array, e: Float64Array, m: number, ticker: WorkTicker): void {
  for (let j = 0; j < m; j++) d[j] = z[j * m + m - 1];
  for (let i = m - 1; i > 0; i--) {
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]);
    let h = 0;
    if (scale === 0) {
      e[i] = d[i - 1];
      for (let j = 0; j < i; j++) {
        d[j] = z[j * m + i - 1];
        z[j * m + i] = 0;
        z[i * m + j] = 0;
      }
    } else {
      for (let k = 0; k < i; k++) {
        d[k] /= scale;
        h += d[k] * d[k];
      }
      let f = d[i - 1];
      let g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
      e[i] = scale * g;
      h -= f * g;
      d[i - 1] = f - g;
      e.fill(0, 0, i);
      for (let j = 0; j < i; j++) {
        f = d[j];
        z[i * m + j] = f;
        const row = j * m;
        g = e[j] + z[row + j] * f;
        for (let k = j + 1; k < i; k++) {
          const value = z[row + k];
          g += value * d[k];
          e[k] += value * f;
        }
        e[j] = g;
      }
      f = 0;
      for (let j = 0; j < i; j++) {
        e[j] /= h;
        f += e[j] * d[j];
      }
      const half = f / (h + h);
      for (let j = 0; j < i; j++) e[j] -= half * d[j];
      for (let j = 0; j < i; j++) {
        f = d[j];
        g = e[j];
        const row = j * m;
        for (let k = j; k < i; k++) z[row + k] -= f * e[k] + g * d[k];
        d[j] = z[row + i - 1];
        z[row + i] = 0;
      }
    }
    d[i] = h;
    ticker.tick(i * i);
  }
  for (let i = 0; i < m - 1; i++) {
    z[i * m + m - 1] = z[i * m + i];
    z[i * m + i] = 1;
    const h = d[i + 1];
    const next = (i + 1) * m;
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = z[next + k] / h;
      for (let j = 0; j <= i; j++) {
        const row = j * m;
        let g = 0;
        for (let k = 0; k <= i; k++) g += z[next + k] * z[row + k];
        for (let k = 0; k <= i; k++) z[row + k] -= g * d[k];
      }
    }
    for (let k = 0; k <= i; k++) z[next + k] = 0;
    ticker.tick(i * i);
  }
  for (let j = 0; j < m; j++) {
    d[j] = z[j * m + m - 1];
    z[j * m + m - 1] = 0;
  }
  z[m * m - 1] = 1;
  e[0] = 0;
}

/** QL steps with implicit shifts; the rows of `z` turn with them. */
function diagonalise(z: Float64Array, d: Float64Array, e: Float64Array, m: number, ticker: WorkTicker): void {
  for (let i = 1; i < m; i++) e[i - 1] = e[i];
  e[m - 1] = 0;
  let shift = 0;
  let largest = 0;
  for (let l = 0; l < m; l++) {
    largest = Math.max(largest, Math.abs(d[l]) + Math.abs(e[l]));
    let small = l;
    while (small < m - 1 && Math.abs(e[small]) > Number.EPSILON * largest) small++;
    for (let step = 0; small > l && Math.abs(e[l]) > Number.EPSILON * largest; step++) {
      if (step === largestStepCount) {
        throw new NumericalError(`The eigenvalues of a matrix of order ${m} did not converge.`, {
          details: { order: m },
        });
      }
      let g = d[l];
      let p = (d[l + 1] - g) / (2 * e[l]);
      let r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1);
      d[l] = e[l] / (p + r);
      d[l + 1] = e[l] * (p + r);
      const following = d[l + 1];
      let h = g - d[l];
      for (let i = l + 2; i < m; i++) d[i] -= h;
      shift += h;
      p = d[small];
      let c = 1;
      let c2 = 1;
      let c3 = 1;
      const offNext = e[l + 1];
      let s = 0;
      let s2 = 0;
      for (let i = small - 1; i >= l; i--) {
        c3 = c2;
        c2 = c;
        s2 = s;
        g = c * e[i];
        h = c * p;
        r = Math.hypot(p, e[i]);
        e[i + 1] = s * r;
        s = e[i] / r;
        c = p / r;
        p = c * d[i] - s * g;
        d[i + 1] = h + s * (c * g + s * d[i]);
        const upper = (i + 1) * m;
        const lower = i * m;
        for (let k = 0; k < m; k++) {
          const value = z[upper + k];
          z[upper + k] = s * z[lower + k] + c * value;
          z[lower + k] = c * z[lower + k] - s * value;
        }
      }
      p = (-s * s2 * c3 * offNext * e[l]) / following;
      e[l] = s * p;
      d[l] = c * p;
      ticker.tick(2 * (small - l) * m);
    }
    d[l] += shift;
    e[l] = 0;
  }
}

function sorted(values: Float64Array, vectors: Float64Array, m: number): SymmetricEigen {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b] || a - b);
  const data = new Float64Array(m * m);
  order.forEach((from, to) => data.set(vectors.subarray(from * m, (from + 1) * m), to * m));
  return { values: Float64Array.from(order, (at) => values[at]), vectors: { rows: m, columns: m, data } };
}
