import type { Matrix } from '../../base/matrix';
import type { LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import { multiplyHessianMany } from '../../models/headHessian';
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
