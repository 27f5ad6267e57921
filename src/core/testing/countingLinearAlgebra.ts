import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import type { LinearAlgebra } from '../linalg/linearAlgebra';

/** For unit tests only: the float64 backend, and how many blocks of rows it holds that were not disposed of. */
export function createCountingLinearAlgebra(): { readonly linalg: LinearAlgebra; readonly held: () => number } {
  const exact = createFloat64LinearAlgebra();
  let held = 0;
  const loadRows: LinearAlgebra['loadRows'] = (features) => {
    const rows = exact.loadRows(features);
    const dispose = rows.dispose.bind(rows);
    let disposed = false;
    held++;
    return Object.assign(rows, {
      dispose: () => {
        if (!disposed) held--;
        disposed = true;
        dispose();
      },
    });
  };
  return { linalg: { ...exact, loadRows }, held: () => held };
}
