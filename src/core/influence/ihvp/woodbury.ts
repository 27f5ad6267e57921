import type { Matrix } from '../../base/matrix';
import { addProductTransposed } from '../../linalg/denseKernels';
import type { LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import type { HeadProblem } from '../../models/headProblem';

/** Share of the mean curvature of an unpenalised feature that stands in for its missing ridge. */
const freeShare = 1e-7;

/**
 * The p numbers that the low-rank part of H is added to: ridge and damping; a trace of its curvature for a feature
 * without either.
 */
export function ridgeDiagonal(problem: HeadProblem, diagonal: Float64Array, damping: number): Float64Array {
  const d = problem.features.columns;
  return diagonal.map((value, at) => {
    const ridge = problem.ridge[at % d] + damping;
    return ridge > 0 ? ridge : freeShare * value;
  });
}

/**
 * (D + BᵀB)⁻¹ for a positive diagonal D (p) and B r×p, by Woodbury: D⁻¹ − D⁻¹Bᵀ(I + BD⁻¹Bᵀ)⁻¹BD⁻¹. O(r²·p + r³/3) once,
 * O(r·p) a vector.
 */
export function createWoodburySolve(
  diagonal: Float64Array,
  b: Matrix,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): (right: Matrix) => Matrix {
  const { rows: r, columns: p } = b;
  const scaled = b.data.map((value, at) => value / diagonal[at % p]);
  const inner = new Float64Array(r * r);
  addProductTransposed(1, r, r, p, scaled, 0, p, b.data, 0, p, inner, 0, r);
  for (let k = 0; k < r; k++) inner[k * r + k] += 1;
  const factor = linalg.cholesky({ rows: r, columns: r, data: inner }, onBlock);
  return (right) => {
    const m = right.rows;
    const moved = new Float64Array(r * m);
    addProductTransposed(1, r, m, p, scaled, 0, p, right.data, 0, p, moved, 0, m);
    const weights = linalg.choleskySolve(factor, { rows: r, columns: m, data: moved }).data;
    const data = right.data.map((value, at) => value / diagonal[at % p]);
    for (let t = 0; t < m; t++) {
      for (let k = 0; k < r; k++) {
        const weight = weights[k * m + t];
        for (let at = 0; at < p; at++) data[t * p + at] -= weight * scaled[k * p + at];
      }
    }
    return { ...right, data };
  };
}
