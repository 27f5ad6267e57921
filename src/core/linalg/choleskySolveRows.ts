import type { Matrix } from '../base/matrix';
import { transposed } from './denseKernels';
import type { CholeskyFactor, LinearAlgebra, OnBlock } from './linearAlgebra';

/** A⁻¹b for each row b of an m×p matrix, by A's factor: m×p. O(m·p²). */
export function choleskySolveRows(
  factor: CholeskyFactor,
  { rows: m, columns: p, data }: Matrix,
  linalg: Pick<LinearAlgebra, 'choleskySolve'>,
  onBlock?: OnBlock,
): Matrix {
  // One row is a column as it stands.
  if (m === 1)
    return { rows: 1, columns: p, data: linalg.choleskySolve(factor, { rows: p, columns: 1, data }, onBlock).data };
  return transposed(linalg.choleskySolve(factor, transposed({ rows: m, columns: p, data }), onBlock));
}
