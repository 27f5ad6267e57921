import type { Matrix } from '../../base/matrix';
import { relativeDistances } from '../../base/matrix';
import { choleskySolveRows } from '../../linalg/choleskySolveRows';
import type { CholeskyFactor } from '../../linalg/linearAlgebra';
import { multiplyHessianMany } from '../../models/curvature/headHessian';
import type { HessianProducts } from './hessianProducts';
import type { IhvpSolution, InverseHessian, SolveOptions } from './inverseHessian';

/** Rounds of refinement where H is single precision; each gains about five digits while cond(H) is below 1e5. */
const refinements = 3;
/**
 * A correction this small relative to its solution leaves nothing to correct: the next would be smaller by the same
 * factor.
 */
const smallCorrection = 1e-5;

/**
 * H⁻¹ by a Cholesky factor of H. O(p²) a vector; where the factor comes from a single-precision H, up to
 * `refinedSolutions` at once (precision.ts; default all) are refined by residuals computed in float64 through X,
 * O(n·d·K) a round for all vectors at once.
 */
export function createCholeskyInverse(
  products: HessianProducts,
  factor: CholeskyFactor,
  refinedSolutions = Number.POSITIVE_INFINITY,
): InverseHessian {
  const { problem, linalg, logits } = products;
  return {
    method: 'cholesky',
    description: `Cholesky of order ${factor.size}`,
    parameters: factor.size,
    solve: (b, options = {}): IhvpSolution => {
      const { onBlock } = options;
      const vectors =
        linalg.precision === 'float64' || b.rows > refinedSolutions
          ? choleskySolveRows(factor, b, linalg, onBlock)
          : refineSolutions(products, (right) => choleskySolveRows(factor, right, linalg, onBlock), b, onBlock);
      if (options.residuals !== true) return { vectors, residuals: undefined };
      const product = multiplyHessianMany(problem, logits, vectors, linalg, onBlock);
      return { vectors, residuals: relativeDistances(product, b) };
    },
  };
}

/** `solve(B)`, corrected by residuals computed in float64 through X. B and the result are m×p. */
export function refineSolutions(
  { problem, linalg, logits }: HessianProducts,
  solve: (b: Matrix) => Matrix,
  b: Matrix,
  onBlock?: SolveOptions['onBlock'],
): Matrix {
  const x = solve(b);
  const { rows: m, columns: p } = b;
  const previous = new Float64Array(m).fill(Number.POSITIVE_INFINITY);
  for (let round = 0; round < refinements; round++) {
    const residual = multiplyHessianMany(problem, logits, x, linalg, onBlock);
    let improving = false;
    for (let t = 0; t < m; t++) {
      let norm = 0;
      for (let at = t * p; at < (t + 1) * p; at++) {
        residual.data[at] = b.data[at] - residual.data[at];
        norm += residual.data[at] * residual.data[at];
      }
      if (norm < previous[t]) {
        previous[t] = norm;
        improving = true;
      } else {
        residual.data.fill(0, t * p, (t + 1) * p);
      }
    }
    if (!improving) break;
    const correction = solve(residual);
    let settled = true;
    for (let t = 0; t < m; t++) {
      let change = 0;
      let size = 0;
      for (let at = t * p; at < (t + 1) * p; at++) {
        x.data[at] += correction.data[at];
        change += correction.data[at] * correction.data[at];
        size += x.data[at] * x.data[at];
      }
      if (!(change <= smallCorrection * smallCorrection * size)) settled = false;
    }
    if (settled) break;
  }
  return x;
}
