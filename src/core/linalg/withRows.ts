import type { Matrix } from '../base/matrix';
import type { LinearAlgebra, RowBlocks } from './linearAlgebra';

/** Hands a matrix to the backend for as long as `work` takes. */
export function withRows<T>(linalg: LinearAlgebra, matrix: Matrix, work: (rows: RowBlocks) => T): T {
  const rows = linalg.loadRows(matrix);
  try {
    return work(rows);
  } finally {
    rows.dispose();
  }
}
