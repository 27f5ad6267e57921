import type { Matrix } from '../base/matrix';
import { createRandom } from '../base/random';
import type { CholeskyFactor, LinearAlgebra } from './linearAlgebra';

const iterations = 20;

/** A lower bound of the largest eigenvalue of a symmetric positive semidefinite matrix, by power iteration. O(20·p²). */
export function estimateLargestEigenvalue(a: Matrix): number {
  return powerIteration(a.rows, (v) => multiplySymmetric(a, v));
}

/**
 * Estimate of cond₂(A) = λmax/λmin from A and its factor: power iterations with A and with A⁻¹. Usually within a few per cent,
 * never above the truth. O(40·p²).
 */
export function estimateCondition(
  a: Matrix,
  factor: CholeskyFactor,
  linalg: Pick<LinearAlgebra, 'choleskySolve'>,
): number {
  const largest = estimateLargestEigenvalue(a);
  const largestOfInverse = powerIteration(
    a.rows,
    (v) => linalg.choleskySolve(factor, { rows: a.rows, columns: 1, data: v }).data,
  );
  return largest * largestOfInverse;
}

function multiplySymmetric(a: Matrix, v: Float64Array): Float64Array {
  const out = new Float64Array(a.rows);
  for (let i = 0; i < a.rows; i++) {
    let sum = 0;
    for (let j = 0, at = i * a.columns; j < a.columns; j++, at++) sum += a.data[at] * v[j];
    out[i] = sum;
  }
  return out;
}

function powerIteration(size: number, apply: (v: Float64Array) => Float64Array): number {
  const random = createRandom(1);
  let v: Float64Array = Float64Array.from({ length: size }, () => random.normal());
  for (let step = 0; step < iterations; step++) {
    const norm = euclideanNorm(v);
    if (!(norm > 0)) return 0;
    v = apply(v.map((value) => value / norm));
  }
  return euclideanNorm(v);
}

function euclideanNorm(v: Float64Array): number {
  return Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
}
