import { BugError, NumericalError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import { addProductTransposed, mirrorLower, transposePanel } from './denseKernels';
import type { CholeskyFactor, OnBlock } from './linearAlgebra';
import { WorkTicker } from './workTicker';

const panel = 48;

/**
 * Blocked right-looking Cholesky factorisation, float64. A is size×size; its lower triangle is read. O(p³/3)
 * multiply-adds.
 * @throws NumericalError when a pivot is not positive (details: `pivot`, `pivotValue`).
 */
export function choleskyFactor(a: Matrix, onBlock?: OnBlock): CholeskyFactor {
  const size = a.rows;
  if (a.columns !== size) throw new BugError(`Cholesky of a ${a.rows}×${a.columns} matrix.`);
  const l = new Float64Array(size * size);
  for (let i = 0; i < size; i++) l.set(a.data.subarray(i * size, i * size + i + 1), i * size);
  const ticker = new WorkTicker(size ** 3 / 6 + 1, size, onBlock);
  for (let k0 = 0; k0 < size; k0 += panel) {
    const k1 = Math.min(size, k0 + panel);
    factorPanel(l, size, k0, k1);
    const width = k1 - k0;
    for (let i0 = k1; i0 < size; i0 += panel) {
      const height = Math.min(panel, size - i0);
      const columns = i0 + height - k1;
      addProductTransposed(
        -1,
        height,
        columns,
        width,
        l,
        i0 * size + k0,
        size,
        l,
        k1 * size + k0,
        size,
        l,
        i0 * size + k1,
        size,
      );
      ticker.tick(height * columns * width);
    }
  }
  // The tiles of the update reach a little above the diagonal.
  for (let i = 0; i < size; i++) l.fill(0, i * size + i + 1, (i + 1) * size);
  return { size, lower: { rows: size, columns: size, data: l } };
}

/** Factors the diagonal block [k0, k1) and solves for the rows below it. */
function factorPanel(l: Float64Array, size: number, k0: number, k1: number): void {
  for (let i = k0; i < size; i++) {
    const row = i * size;
    const end = Math.min(i, k1);
    for (let j = k0; j < end; j++) {
      const other = j * size;
      let sum = l[row + j];
      for (let t = k0; t < j; t++) sum -= l[row + t] * l[other + t];
      l[row + j] = sum / l[other + j];
    }
    if (i < k1) {
      let pivot = l[row + i];
      for (let t = k0; t < i; t++) pivot -= l[row + t] * l[row + t];
      if (!(pivot > 0) || !Number.isFinite(pivot)) {
        throw new NumericalError(
          `The matrix is not positive definite: pivot ${i + 1} of ${size} is ${pivot.toExponential(2)}.`,
          { details: { pivot: i, pivotValue: pivot, size } },
        );
      }
      l[row + i] = Math.sqrt(pivot);
    }
  }
}

/** A⁻¹·B from the factor of A, for B p×m. O(p²·m) multiply-adds. */
export function solveWithFactor(factor: CholeskyFactor, b: Matrix, onBlock?: OnBlock): Matrix {
  const { size } = factor;
  const l = factor.lower.data;
  if (b.rows !== size) throw new BugError(`A solve with a factor of order ${size} and ${b.rows} right-hand rows.`);
  const count = b.columns;
  if (count === 1) {
    const x = b.data.slice();
    solveVectorInPlace(l, size, x);
    return { rows: size, columns: 1, data: x };
  }
  // Each right-hand side as a contiguous row.
  const y = new Float64Array(size * count);
  transposePanel(b.data, 0, count, size, count, y, size);
  const upper = new Float64Array(size * size);
  transposePanel(l, 0, size, size, size, upper, size);
  const ticker = new WorkTicker(size * size * count + 1, size, onBlock);
  for (let k0 = 0; k0 < size; k0 += panel) {
    const width = Math.min(panel, size - k0);
    addProductTransposed(-1, count, width, k0, y, 0, size, l, k0 * size, size, y, k0, size);
    for (let r = 0; r < count; r++) {
      const base = r * size;
      for (let i = k0; i < k0 + width; i++) {
        let sum = y[base + i];
        for (let t = k0; t < i; t++) sum -= l[i * size + t] * y[base + t];
        y[base + i] = sum / l[i * size + i];
      }
    }
    ticker.tick(count * width * (k0 + width));
  }
  for (let k1 = size; k1 > 0;) {
    const k0 = Math.max(0, k1 - panel);
    const width = k1 - k0;
    addProductTransposed(-1, count, width, size - k1, y, k1, size, upper, k0 * size + k1, size, y, k0, size);
    for (let r = 0; r < count; r++) {
      const base = r * size;
      for (let i = k1 - 1; i >= k0; i--) {
        let sum = y[base + i];
        for (let t = i + 1; t < k1; t++) sum -= upper[i * size + t] * y[base + t];
        y[base + i] = sum / upper[i * size + i];
      }
    }
    ticker.tick(count * width * (size - k0));
    k1 = k0;
  }
  const x = new Float64Array(size * count);
  transposePanel(y, 0, size, count, size, x, count);
  return { rows: size, columns: count, data: x };
}

function solveVectorInPlace(l: Float64Array, size: number, x: Float64Array): void {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    // Four sums: one alone would wait for each addition to end.
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let t = 0;
    for (; t + 4 <= i; t += 4) {
      s0 += l[row + t] * x[t];
      s1 += l[row + t + 1] * x[t + 1];
      s2 += l[row + t + 2] * x[t + 2];
      s3 += l[row + t + 3] * x[t + 3];
    }
    for (; t < i; t++) s0 += l[row + t] * x[t];
    x[i] = (x[i] - (s0 + s1 + (s2 + s3))) / l[row + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    const row = i * size;
    const value = x[i] / l[row + i];
    x[i] = value;
    for (let t = 0; t < i; t++) x[t] -= l[row + t] * value;
  }
}

/**
 * A⁻¹ from the factor of A: the rows of L⁻ᵀ first, then their products. Symmetric to the last bit. O(p³/3)
 * multiply-adds, a third of what solving for the identity takes.
 */
export function invertWithFactor(factor: CholeskyFactor, onBlock?: OnBlock): Matrix {
  const { size } = factor;
  const ticker = new WorkTicker(size ** 3 / 3 + 1, size, onBlock);
  const m = invertLowerTransposed(factor, ticker);
  const inverse = new Float64Array(size * size);
  for (let i0 = 0; i0 < size; i0 += panel) {
    const height = Math.min(panel, size - i0);
    const depth = size - i0;
    // Products of rows j ≤ i: both are zero before i0 or counted as zero there for row i.
    addProductTransposed(1, height, i0 + height, depth, m, i0 * size + i0, size, m, i0, size, inverse, i0 * size, size);
    ticker.tick(height * (i0 + height) * depth);
  }
  mirrorLower(inverse, size);
  return { rows: size, columns: size, data: inverse };
}

/** L⁻¹, lower triangular. O(p³/6) multiply-adds. */
export function invertLower(factor: CholeskyFactor, onBlock?: OnBlock): Matrix {
  const { size } = factor;
  const ticker = new WorkTicker(size ** 3 / 6 + 1, size, onBlock);
  const data = new Float64Array(size * size);
  transposePanel(invertLowerTransposed(factor, ticker), 0, size, size, size, data, size);
  return { rows: size, columns: size, data };
}

/** L⁻ᵀ: row c is column c of L⁻¹, zero before c. */
function invertLowerTransposed({ size, lower }: CholeskyFactor, ticker: WorkTicker): Float64Array {
  const l = lower.data;
  const m = new Float64Array(size * size);
  for (let i = 0; i < size; i++) m[i * size + i] = 1;
  for (let c0 = 0; c0 < size; c0 += panel) {
    const c1 = Math.min(size, c0 + panel);
    for (let k0 = c0; k0 < size; k0 += panel) {
      const width = Math.min(panel, size - k0);
      addProductTransposed(
        -1,
        c1 - c0,
        width,
        k0 - c0,
        m,
        c0 * size + c0,
        size,
        l,
        k0 * size + c0,
        size,
        m,
        c0 * size + k0,
        size,
      );
      for (let r = c0; r < c1; r++) {
        const base = r * size;
        for (let i = Math.max(k0, r); i < k0 + width; i++) {
          let sum = m[base + i];
          for (let t = Math.max(k0, r); t < i; t++) sum -= l[i * size + t] * m[base + t];
          m[base + i] = sum / l[i * size + i];
        }
      }
      ticker.tick((c1 - c0) * width * (k0 - c0 + width / 2));
    }
  }
  return m;
}
