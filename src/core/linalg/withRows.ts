import type { FeatureRows } from '../base/featureRows';
import type { LinearAlgebra, RowBlocks } from './linearAlgebra';

/** Hands rows to the backend for as long as `work` takes. */
export function withRows<T>(linalg: LinearAlgebra, x: FeatureRows, work: (rows: RowBlocks) => T): T {
  const rows = linalg.loadRows(x);
  try {
    return work(rows);
  } finally {
    rows.dispose();
  }
}
