import type { Matrix } from '../base/matrix';
import type { LinearAlgebra } from './linearAlgebra';
import { symmetricEigenOf } from './symmetricEigen';
import { withRows } from './withRows';

/** Of the longest direction: shorter ones are lost in the rounding of a Gram matrix. */
const shortestShare = 1e-7;

/**
 * Orthonormal columns with the span of the given ones, from the eigenvectors of their Gram matrix BᵀB; in two passes
 * orthogonal to rounding. A direction shorter than 1e-7 of the longest one, which rounding of the Gram matrix hides,
 * becomes 0. O(d·w²). Source: Stathopoulos & Wu, "A block orthogonalization procedure with constant synchronization
 * requirements", SIAM J. Sci. Comput. 2002.
 */
export function orthonormalise(b: Matrix, passes: number, linalg: LinearAlgebra): Matrix {
  let basis = b;
  for (let pass = 0; pass < passes; pass++) {
    const from = basis;
    basis = withRows(linalg, from, (rows) => {
      const { values, vectors } = symmetricEigenOf(linalg, linalg.transposeMultiply(rows, from));
      const shortest = shortestShare ** 2 * values[values.length - 1];
      const scales = values.map((value) => (value > shortest ? 1 / Math.sqrt(value) : 0));
      return linalg.multiply(rows, scaledColumns(vectors, scales));
    });
  }
  return basis;
}

/** The rows of a w×w matrix as columns, each times its scale. */
function scaledColumns({ rows: w, data }: Matrix, scales: Float64Array): Matrix {
  const out = new Float64Array(w * w);
  for (let j = 0; j < w; j++) for (let i = 0; i < w; i++) out[i * w + j] = scales[j] * data[j * w + i];
  return { rows: w, columns: w, data: out };
}
