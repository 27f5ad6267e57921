import { gatherRows } from '../../base/gatherRows';
import type { Matrix } from '../../base/matrix';
import { copyOf, rowNorms, rowOf, rowProducts } from '../../base/matrix';
import { addScaled, largestOf, norm, scaleAndAdd } from '../../base/vectors';

/** A linear map on the rows of an m×p matrix. */
export type ApplyRows = (vectors: Matrix) => Matrix;

interface ConjugateGradientOptions {
  /** ‖Ax − b‖/‖b‖ to reach. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Told after each iteration: right-hand sides that go on, and the largest relative residual. */
  readonly onIteration?: (iteration: number, active: number, worst: number) => void;
}

interface ConjugateGradientResult {
  /** m×p. */
  readonly vectors: Matrix;
  /** m: ‖r‖/‖b‖ by the recurrence; 0 where b is 0. */
  readonly residuals: Float64Array;
  /** m: iterations each took. */
  readonly iterations: Int32Array;
}

/**
 * Preconditioned conjugate gradients for many right-hand sides at once: each has its own recurrence, all share the
 * passes over the rows, and those that are done drop out. A is symmetric positive definite, P ≈ A⁻¹ too. One product
 * with A and one with P an iteration; memory 5·m·p numbers.
 * Source: Hestenes & Stiefel 1952; Saad, "Iterative methods for sparse linear systems", algorithm 9.1.
 */
export function conjugateGradients(
  multiply: ApplyRows,
  precondition: ApplyRows,
  b: Matrix,
  { tolerance, maxIterations, onIteration }: ConjugateGradientOptions,
): ConjugateGradientResult {
  const { rows: m, columns: p } = b;
  const x = { rows: m, columns: p, data: new Float64Array(m * p) };
  const residuals = new Float64Array(m);
  const iterations = new Int32Array(m);
  const sizes = rowNorms(b);
  let active = Int32Array.from(sizes.keys()).filter((t) => sizes[t] > 0);
  for (const t of active) residuals[t] = 1;
  let r = gatherRows(b, active);
  let direction = copyOf(precondition(r));
  let rho = rowProducts(r, direction);
  for (let iteration = 1; active.length > 0 && iteration <= maxIterations; iteration++) {
    const product = multiply(direction);
    const curvature = rowProducts(direction, product);
    const going: number[] = [];
    for (let s = 0; s < active.length; s++) {
      const t = active[s];
      const step = rho[s] / curvature[s];
      // Rounding has taken over (or A is not positive there): the solution stays as it is.
      if (!(step > 0) || !Number.isFinite(step)) continue;
      addScaled(rowOf(x, t), step, rowOf(direction, s));
      addScaled(rowOf(r, s), -step, rowOf(product, s));
      residuals[t] = norm(rowOf(r, s)) / sizes[t];
      iterations[t] = iteration;
      if (!(residuals[t] <= tolerance)) going.push(s);
    }
    if (going.length < active.length) {
      const kept = Int32Array.from(going);
      r = gatherRows(r, kept);
      direction = gatherRows(direction, kept);
      rho = Float64Array.from(kept, (s) => rho[s]);
      active = kept.map((s) => active[s]);
    }
    if (active.length > 0) {
      const z = precondition(r);
      const next = rowProducts(r, z);
      for (let s = 0; s < active.length; s++) scaleAndAdd(rowOf(direction, s), next[s] / rho[s], rowOf(z, s));
      rho = next;
    }
    onIteration?.(iteration, active.length, largestOf(residuals));
  }
  return { vectors: x, residuals, iterations };
}
