import type { Matrix } from '../base/matrix';
import { createRandom } from '../base/random';
import { addScaled, dot, norm } from '../base/vectors';
import { addProductTransposed } from './denseKernels';
import type { CholeskyFactor, LinearAlgebra } from './linearAlgebra';

/** Steps of Lanczos: enough for an eigenvalue at the end of a spectrum to some per cent. */
const steps = 9;

/**
 * A lower bound of the largest eigenvalue of a symmetric positive semidefinite matrix, usually within a few per cent.
 * O(9·p²).
 */
export function estimateLargestEigenvalue(a: Matrix): number {
  return largestRitzValue(a.rows, (v) => multiplySymmetric(a, v));
}

/**
 * Estimate of cond₂(A) = λmax/λmin from A and its factor: Lanczos with A and with A⁻¹. Usually within a tenth,
 * never above the truth. O(27·p²).
 */
export function estimateCondition(
  a: Matrix,
  factor: CholeskyFactor,
  linalg: Pick<LinearAlgebra, 'choleskySolve'>,
): number {
  const largest = estimateLargestEigenvalue(a);
  const largestOfInverse = largestRitzValue(
    a.rows,
    (v) => linalg.choleskySolve(factor, { rows: a.rows, columns: 1, data: v }).data,
  );
  return largest * largestOfInverse;
}

function multiplySymmetric(a: Matrix, v: Float64Array): Float64Array {
  const out = new Float64Array(a.rows);
  addProductTransposed(1, 1, a.rows, a.rows, v, 0, a.rows, a.data, 0, a.columns, out, 0, a.rows);
  return out;
}

/** The largest eigenvalue of the operator on the Krylov space of a random vector, orthogonalised in full. */
function largestRitzValue(size: number, apply: (v: Float64Array) => Float64Array): number {
  const random = createRandom(1);
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const offDiagonal: number[] = [];
  let next: Float64Array = Float64Array.from({ length: size }, () => random.normal());
  let length = norm(next);
  for (let step = 0; step < Math.min(steps, size) && length > 0; step++) {
    const v = next.map((value) => value / length);
    basis.push(v);
    next = apply(v);
    const before = norm(next);
    diagonal.push(dot(v, next));
    for (let round = 0; round < 2; round++) {
      for (const b of basis) addScaled(next, -dot(b, next), b);
    }
    length = norm(next);
    // What is left is rounding: the space is complete.
    if (!(length > 1e-13 * before)) break;
    offDiagonal.push(length);
  }
  return largestOfTridiagonal(diagonal, offDiagonal);
}

/** By bisection on the number of eigenvalues above a bound (Sturm sequence), to the last digits from below. */
function largestOfTridiagonal(diagonal: readonly number[], offDiagonal: readonly number[]): number {
  if (diagonal.length === 0) return 0;
  const side = (i: number): number => (i < 0 || i >= diagonal.length - 1 ? 0 : offDiagonal[i]);
  // Each diagonal entry is a Rayleigh quotient; Gershgorin bounds from above.
  let low = Math.max(...diagonal);
  let high = Math.max(...diagonal.map((value, i) => value + side(i - 1) + side(i)));
  if (!Number.isFinite(high)) return high;
  const allBelow = (bound: number): boolean => {
    let pivot = 1;
    for (let i = 0; i < diagonal.length; i++) {
      pivot = bound - diagonal[i] - (i === 0 ? 0 : (side(i - 1) * side(i - 1)) / pivot);
      if (!(pivot > 0)) return false;
    }
    return true;
  };
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (allBelow(middle)) high = middle;
    else low = middle;
  }
  return low;
}
