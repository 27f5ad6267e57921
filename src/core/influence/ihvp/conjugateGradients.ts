import type { Matrix } from '../../base/matrix';

/** A linear map on the rows of an m×p matrix. */
export type ApplyRows = (vectors: Matrix) => Matrix;

export interface ConjugateGradientOptions {
  /** ‖Ax − b‖/‖b‖ to reach. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Told after each iteration: right-hand sides that go on, and the largest relative residual. */
  readonly onIteration?: (iteration: number, active: number, worst: number) => void;
}

export interface ConjugateGradientResult {
  /** m×p. */
  readonly vectors: Matrix;
  /** m: ‖r‖/‖b‖ by the recurrence; 0 where b is 0. */
  readonly residuals: Float64Array;
  /** m: iterations each took. */
  readonly iterations: Int32Array;
}

/**
 * Preconditioned conjugate gradients for many right-hand sides at once: each has its own recurrence, all share the passes over the rows,
 * and those that are done drop out. A is symmetric positive definite, P ≈ A⁻¹ too. One product with A and one with P an
 * iteration; memory 5·m·p numbers.
 * Source: Hestenes & Stiefel 1952; Saad, "Iterative methods for sparse linear systems", algorithm 9.1.
 */
export function conjugateGradients(
  multiply: ApplyRows,
  precondition: ApplyRows,
  b: Matrix,
  { tolerance, maxIterations, onIteration }: ConjugateGradientOptions,
): ConjugateGradientResult {
  const { rows: m, columns: p } = b;
  const x = new Float64Array(m * p);
  const residuals = new Float64Array(m);
  const iterations = new Int32Array(m);
  const sizes = new Float64Array(m);
  for (let t = 0; t < m; t++) sizes[t] = norm(b.data, t * p, p);
  let active = Int32Array.from(sizes.keys()).filter((t) => sizes[t] > 0);
  for (const t of active) residuals[t] = 1;
  let r: Float64Array = gather(b.data, active, p);
  let direction: Float64Array = precondition(matrixOf(r, p)).data.slice();
  let rho = rowProducts(r, direction, p);
  for (let iteration = 1; active.length > 0 && iteration <= maxIterations; iteration++) {
    const product = multiply(matrixOf(direction, p)).data;
    const curvature = rowProducts(direction, product, p);
    const going: number[] = [];
    for (let s = 0; s < active.length; s++) {
      const t = active[s];
      const step = rho[s] / curvature[s];
      // Rounding has taken over (or A is not positive there): the solution stays as it is.
      if (!(step > 0) || !Number.isFinite(step)) continue;
      for (let j = 0, at = s * p, to = t * p; j < p; j++, at++, to++) {
        x[to] += step * direction[at];
        r[at] -= step * product[at];
      }
      residuals[t] = norm(r, s * p, p) / sizes[t];
      iterations[t] = iteration;
      if (!(residuals[t] <= tolerance)) going.push(s);
    }
    if (going.length < active.length) {
      const kept = Int32Array.from(going);
      r = gather(r, kept, p);
      direction = gather(direction, kept, p);
      rho = Float64Array.from(kept, (s) => rho[s]);
      active = kept.map((s) => active[s]);
    }
    if (active.length > 0) {
      const z = precondition(matrixOf(r, p)).data;
      const next = rowProducts(r, z, p);
      for (let s = 0; s < active.length; s++) {
        const factor = next[s] / rho[s];
        for (let j = 0, at = s * p; j < p; j++, at++) direction[at] = z[at] + factor * direction[at];
        rho[s] = next[s];
      }
    }
    onIteration?.(
      iteration,
      active.length,
      residuals.reduce((a, value) => Math.max(a, value), 0),
    );
  }
  return { vectors: { rows: m, columns: p, data: x }, residuals, iterations };
}

function matrixOf(data: Float64Array, p: number): Matrix {
  return { rows: data.length / p, columns: p, data };
}

/** Rows `rows` of a matrix of p columns, a copy. */
function gather(data: Float64Array, rows: Int32Array, p: number): Float64Array {
  const out = new Float64Array(rows.length * p);
  rows.forEach((row, s) => out.set(data.subarray(row * p, (row + 1) * p), s * p));
  return out;
}

function norm(data: Float64Array, from: number, p: number): number {
  let sum = 0;
  for (let at = from; at < from + p; at++) sum += data[at] * data[at];
  return Math.sqrt(sum);
}

/** The inner product of each row of one matrix with that of another. */
function rowProducts(a: Float64Array, b: Float64Array, p: number): Float64Array {
  return Float64Array.from({ length: a.length / p }, (_, s) => {
    let sum = 0;
    for (let at = s * p; at < (s + 1) * p; at++) sum += a[at] * b[at];
    return sum;
  });
}
