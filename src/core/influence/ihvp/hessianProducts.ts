import type { Matrix } from '../../base/matrix';
import type { LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import { multiplyHessianMany } from '../../models/curvature/headHessian';
import type { HeadProblem } from '../../models/headProblem';

/** What products with H at θ̂ need. */
export interface HessianProducts {
  readonly problem: HeadProblem;
  readonly linalg: LinearAlgebra;
  /** n×K at θ̂. */
  readonly logits: Float64Array;
}

/** (H + damping·I)·v for each row v of an m×p matrix. One pass over the rows in float64, O(n·d·K·m). */
export function multiplyDamped(products: HessianProducts, vectors: Matrix, damping: number, onBlock?: OnBlock): Matrix {
  const { problem, linalg, logits } = products;
  const product = multiplyHessianMany(problem, logits, vectors, linalg, onBlock);
  if (damping !== 0) for (let at = 0; at < product.data.length; at++) product.data[at] += damping * vectors.data[at];
  return product;
}

/** Right-hand sides of a pass: enough to share it, few enough for memory. */
const vectorsAtOnce = 256;

/** (H − ridge)·v, what the rows alone add to H, for each row v of an m×p matrix; some passes for many. */
export function multiplyCurvature(products: HessianProducts, vectors: Matrix, onBlock?: OnBlock): Matrix {
  const { problem, linalg, logits } = products;
  const { rows: m, columns: p } = vectors;
  const d = problem.features.columns;
  const data = new Float64Array(m * p);
  for (let first = 0; first < m; first += vectorsAtOnce) {
    const rows = Math.min(vectorsAtOnce, m - first);
    const part = { rows, columns: p, data: vectors.data.subarray(first * p, (first + rows) * p) };
    data.set(multiplyHessianMany(problem, logits, part, linalg, onBlock).data, first * p);
  }
  for (let at = 0; at < data.length; at++) data[at] -= problem.ridge[at % d] * vectors.data[at];
  return { rows: m, columns: p, data };
}
