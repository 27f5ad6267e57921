import { BugError, NumericalError } from '../../core/base/errors';
import type { Matrix } from '../../core/base/matrix';
import type { OnBlock, SymmetricEigen } from '../../core/linalg/linearAlgebra';
import { symmetricEigen } from '../../core/linalg/symmetricEigen';
import type { Tensorflow } from './tensorflowBinding';

/** Up to this order the plain decomposition is as fast as handing the matrix over. */
const smallOrder = 96;

/**
 * Eigenvalues and eigenvectors by TensorFlow's SelfAdjointEigV2, in one call that cannot be interrupted.
 * @throws NumericalError when the matrix holds something other than finite numbers.
 */
export function nativeEigen(tensorflow: Tensorflow, a: Matrix, onBlock?: OnBlock): SymmetricEigen {
  const m = a.rows;
  if (a.columns !== m) throw new BugError(`Eigenvalues of a ${m}×${a.columns} matrix.`);
  if (m <= smallOrder) return symmetricEigen(a, onBlock);
  if (!a.data.every(Number.isFinite)) {
    throw new NumericalError('A matrix whose eigenvalues are needed holds something other than finite numbers.');
  }
  onBlock?.(0, m);
  const found = tensorflow.scope((ops) => {
    const { values, vectors } = ops.selfAdjointEigen(ops.float64(a.data, [m, m]));
    return {
      values: ops.readFloat64(values),
      vectors: { rows: m, columns: m, data: ops.readFloat64(ops.transpose(vectors)) },
    };
  });
  onBlock?.(m, m);
  return found;
}
